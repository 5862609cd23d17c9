package dev.ridgepoint.bench.cli.estimate;

import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.estimator.architecture.Component;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.explain.Derivation.Term;
import dev.ridgepoint.model.checkpoint.Inspection;
import dev.ridgepoint.model.checkpoint.Inspection.InspectedTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Parameters of a file that has no config: the shapes in its header, by component as far as the
 * names tell. How many heads the matrices hold, and so what a step costs, no shape tells.
 */
final class TensorsSection {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("component", "parameters", Format.TEXT),
          new Column("total", "total", Format.COUNT),
          new Column("share", "share", Format.SHARE));

  /** Parts of names as the transformers library has them, the telling ones first. */
  private static final Map<Component, Pattern> NAMES = names();

  private static final String OTHER = "other";

  private TensorsSection() {}

  static Section of(Inspection inspection) {
    Map<String, Long> components = new LinkedHashMap<>();
    for (Component component : Component.values()) {
      components.put(component.label(), 0L);
    }
    List<Term> terms = new ArrayList<>();
    for (InspectedTensor tensor : inspection.tensors()) {
      components.merge(component(tensor.name()), tensor.parameters(), Math::addExact);
      terms.add(new Term(tensor.name() + " " + tensor.shape(), tensor.parameters()));
    }
    long total = inspection.parameters();
    List<List<Object>> rows = new ArrayList<>();
    components.forEach(
        (name, count) ->
            rows.add(Table.row(name, count, total == 0 ? 0.0 : (double) count / total)));
    rows.add(Table.row("total", total, 1.0));
    Derivation derivation =
        new Derivation(
            "parameters",
            total,
            "",
            "sum over tensors of the product of the shape",
            Map.of(),
            terms,
            "header of the file");
    return new Section(
        "params",
        List.of(
            Cell.of("parameters", "parameters", Format.COUNT, total),
            Cell.of("weightBytes", "bytes as stored", Format.BYTES, inspection.bytes())),
        List.of(new Table("components", "", COLUMNS, rows)),
        List.of(derivation),
        List.of("no config.json beside the file: parameters and bytes are those of its header"));
  }

  private static String component(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return NAMES.entrySet().stream()
        .filter(entry -> entry.getValue().matcher(lower).find())
        .findFirst()
        .map(entry -> entry.getKey().label())
        .orElse(OTHER);
  }

  private static Map<Component, Pattern> names() {
    Map<Component, Pattern> names = new LinkedHashMap<>();
    names.put(Component.NORMS, Pattern.compile("norm|(^|\\.)ln_"));
    names.put(Component.POSITIONS, Pattern.compile("wpe|position|token_type"));
    names.put(Component.EMBEDDING, Pattern.compile("embed|wte|(^|\\.)shared\\."));
    names.put(Component.HEAD, Pattern.compile("lm_head|embed_out|pooler|^output\\."));
    names.put(Component.ROUTER, Pattern.compile("router|(mlp|moe)\\.gate\\.|shared_expert_gate"));
    names.put(Component.ATTENTION, Pattern.compile("attn|attention"));
    names.put(
        Component.FEED_FORWARD,
        Pattern.compile("mlp|ffn|feed_forward|expert|dense|fc[12]\\.|\\.wi|\\.wo\\."));
    return names;
  }
}
