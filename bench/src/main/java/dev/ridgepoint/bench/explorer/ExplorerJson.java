package dev.ridgepoint.bench.explorer;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The explorer as JSON, small enough for a page to carry.
 *
 * <ul>
 *   <li>{@code batches}, {@code contexts}, {@code prompts}: the stops. What follows is {@code
 *       [batch][context]} of decode steps and {@code [prompt]} of prefills, in their order
 *   <li>{@code decodeFlops}, {@code prefillFlops}: exact, and the same whatever runs the step
 *   <li>{@code bytes}: objects with {@code decode} and {@code prefill}, exact; runners of the same
 *       formats share one
 *   <li>{@code machine}, {@code devices}: an object for each of the runners, in the order of {@link
 *       Explorer}, with {@code name}, {@code threads} (of this machine alone), {@code format},
 *       {@code kvCache}, {@code computeDtype}, {@code flopsPerSecond}, {@code bytesPerSecond},
 *       {@code ridgePoint}, {@code memoryBytes} ({@code null} if not known), {@code weightBytes},
 *       {@code bytes} (which of those above), {@code computeBoundBatches} (by context), {@code
 *       computeBoundPrompt}; and for {@code decode} and {@code prefill} an object with {@code
 *       basis} ({@code kernels}, {@code datasheet} or {@code bound}), {@code boundSeconds}, {@code
 *       predictedSeconds} (unless the bound is all that is known), {@code fits}
 * </ul>
 *
 * <p>Counts are exact; seconds have four significant digits. Of a batch or prompt that does not
 * turn compute-bound the value is {@code null}.
 */
public final class ExplorerJson {
  private static final JsonMapper MAPPER = JsonMapper.shared();
  private static final MathContext DIGITS = new MathContext(4);

  private ExplorerJson() {}

  /** The node {@code explorer} of {@code report.json}. */
  public static ObjectNode of(Explorer explorer) {
    ObjectNode node = MAPPER.createObjectNode();
    node.set("batches", MAPPER.valueToTree(explorer.stops().batches()));
    node.set("contexts", MAPPER.valueToTree(explorer.stops().contexts()));
    node.set("prompts", MAPPER.valueToTree(explorer.stops().prompts()));
    Runner any = explorer.machine().getFirst();
    node.set("decodeFlops", table(any.decode(), (row, cell) -> row.add(cell.flops())));
    node.set("prefillFlops", row(any.prefill(), (row, cell) -> row.add(cell.flops())));
    ArrayNode bytes = node.putArray("bytes");
    node.set("machine", array(explorer.machine(), runner -> runner(runner, bytes)));
    node.set("devices", array(explorer.devices(), runner -> runner(runner, bytes)));
    return node;
  }

  private static ObjectNode runner(Runner runner, ArrayNode bytes) {
    Runner.Setup setup = runner.setup();
    ObjectNode node = MAPPER.createObjectNode();
    node.put("name", setup.name());
    setup.threads().ifPresent(threads -> node.put("threads", threads));
    node.put("format", name(setup.formats().weights().name()));
    node.put("kvCache", name(setup.formats().kvCache().name()));
    node.put("computeDtype", name(setup.computeDtype()));
    node.put("flopsPerSecond", setup.roofline().peakFlopsPerSecond());
    node.put("bytesPerSecond", setup.roofline().bytesPerSecond());
    node.put("ridgePoint", setup.roofline().ridgePoint());
    node.put(
        "memoryBytes",
        setup.memoryBytes().isPresent() ? (Long) setup.memoryBytes().getAsLong() : null);
    node.put("weightBytes", setup.weightBytes());
    node.put("bytes", indexOf(bytes(runner), bytes));
    node.set(
        "computeBoundBatches",
        row(runner.computeBoundBatches(), (row, batch) -> row.add(orNull(batch))));
    node.put("computeBoundPrompt", orNull(runner.computeBoundPrompt()));
    node.set("decode", phase(setup.decodeBasis(), value -> table(runner.decode(), value)));
    node.set("prefill", phase(setup.prefillBasis(), value -> row(runner.prefill(), value)));
    return node;
  }

  private static ObjectNode bytes(Runner runner) {
    ObjectNode node = MAPPER.createObjectNode();
    node.set("decode", table(runner.decode(), (row, cell) -> row.add(cell.bytes())));
    node.set("prefill", row(runner.prefill(), (row, cell) -> row.add(cell.bytes())));
    return node;
  }

  /** Where a node is among those that were seen, of which it is one afterwards. */
  private static int indexOf(JsonNode node, ArrayNode seen) {
    int index = 0;
    while (index < seen.size() && !seen.get(index).equals(node)) {
      index++;
    }
    if (index == seen.size()) {
      seen.add(node);
    }
    return index;
  }

  /**
   * @param values the same value of each of the phase's cells
   */
  private static ObjectNode phase(
      Runner.Basis basis, Function<BiConsumer<ArrayNode, Cell>, ArrayNode> values) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("basis", name(basis.name()));
    node.set("boundSeconds", values.apply((row, cell) -> row.add(round(cell.boundSeconds()))));
    if (basis != Runner.Basis.BOUND) {
      node.set(
          "predictedSeconds", values.apply((row, cell) -> row.add(round(cell.predictedSeconds()))));
    }
    node.set("fits", values.apply((row, cell) -> row.add(cell.fits())));
    return node;
  }

  private static ArrayNode table(List<List<Cell>> rows, BiConsumer<ArrayNode, Cell> value) {
    return array(rows, cells -> row(cells, value));
  }

  private static <T> ArrayNode row(List<T> cells, BiConsumer<ArrayNode, T> value) {
    ArrayNode row = MAPPER.createArrayNode();
    cells.forEach(cell -> value.accept(row, cell));
    return row;
  }

  private static <T> ArrayNode array(List<T> values, Function<T, ? extends JsonNode> node) {
    ArrayNode array = MAPPER.createArrayNode();
    values.forEach(value -> array.add(node.apply(value)));
    return array;
  }

  private static Integer orNull(OptionalInt value) {
    return value.isPresent() ? (Integer) value.getAsInt() : null;
  }

  private static double round(double seconds) {
    return new BigDecimal(seconds).round(DIGITS).doubleValue();
  }

  private static String name(String constant) {
    return constant.toLowerCase(Locale.ROOT);
  }
}
