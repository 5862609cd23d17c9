package dev.ridgepoint.bench.cli.learn;

import static dev.ridgepoint.bench.cli.learn.Tables.cell;

import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.architecture.Attention;
import dev.ridgepoint.estimator.architecture.GroupedQueryAttention;
import dev.ridgepoint.estimator.format.KvCacheFormat;
import dev.ridgepoint.estimator.inference.CacheDerivations;
import dev.ridgepoint.estimator.inference.Capacity;
import dev.ridgepoint.estimator.inference.Derivations;
import dev.ridgepoint.estimator.inference.InferenceMemory;
import dev.ridgepoint.estimator.inference.InferenceMemory.Allocation;
import java.util.List;
import java.util.OptionalLong;

/** What is held: the cache per token, the memory of inference, and how room for it is taken. */
final class CacheFigures {
  /** Positions of a block, as {@code ridge estimate --block} takes it. */
  static final int BLOCK = 16;

  private static final int SEQUENCES = 8;

  /** An answer that ended early, of a room for the longest. */
  private static final int USED = 1000;

  private final Figures figures;
  private final Setting setting;

  private CacheFigures(Figures figures, Setting setting) {
    this.figures = figures;
    this.setting = setting;
  }

  static void addTo(Figures figures, Setting setting) {
    CacheFigures all = new CacheFigures(figures, setting);
    all.addShape();
    all.addMemory();
    all.addPaging();
  }

  private KvCacheFormat format() {
    return setting.decodeOptions().kvCache();
  }

  private void addShape() {
    figures.when("hasAttention", setting::hasAttention);
    figures.when("isLatent", setting::isLatent);
    figures.when("cachesHeads", () -> isAlike() && !setting.isLatent());
    figures.when("cachesLatents", () -> isAlike() && setting.isLatent());
    figures.when("cachesDiffer", () -> !isAlike());
    figures.when("hasStates", () -> stateBytes() > 0);
    figures.put("layers", Format.COUNT, () -> setting.layers().size());
    figures.put("queryHeads", Format.COUNT, () -> first().numAttentionHeads());
    figures.put(
        "keyValueHeads", Format.COUNT, () -> ((GroupedQueryAttention) first()).numKeyValueHeads());
    figures.put("keptPerLayer", Format.TEXT, () -> kinds().getFirst().kept());
    figures.put("kvFormat", Format.TEXT, () -> format().precision().name());
    figures.put(
        "kvElementBytes",
        Format.TEXT,
        () -> Units.trimmed(format().precision().bitsPerElement() / Byte.SIZE));
    figures.table("cacheTable", () -> Tables.of(kinds(), CacheFigures::row));
    figures.put("stateBytes", Format.BYTES, this::stateBytes);
    figures.derive(
        "kvPerToken",
        Format.BYTES,
        () -> CacheDerivations.bytesPerToken(setting.architecture(), setting.decodeOptions()));
    figures.put(
        "longestCacheBytes",
        Format.BYTES,
        () -> format().sequenceBytes(setting.architecture(), setting.longestContext()));
  }

  private List<CacheKind> kinds() {
    return CacheKind.all(setting.architecture(), format());
  }

  private boolean isAlike() {
    return kinds().size() == 1;
  }

  private Attention first() {
    return setting.attentions().getFirst();
  }

  private static List<Cell> row(CacheKind kind) {
    return List.of(
        cell("layers", Format.COUNT, kind.layers()),
        cell("elements of a token in each", Format.TEXT, kind.kept()),
        cell("per token", Format.BYTES, kind.layers() * kind.bytesPerToken()));
  }

  private long stateBytes() {
    return format().stateBytesPerSequence(setting.architecture());
  }

  private void addMemory() {
    figures.when("hasMemory", () -> memoryBytes().isPresent());
    figures.put("deviceMemory", Format.BYTES, () -> memoryBytes().getAsLong());
    figures.derive(
        "storedWeightBytes",
        Format.BYTES,
        () -> Derivations.weightBytes(setting.architecture(), setting.decodeOptions()));
    figures.derive(
        "memoryBytes",
        Format.BYTES,
        () -> Derivations.memory("in use", memory(1, setting.context(), inUse())));
    figures.put(
        "workspaceBytes",
        Format.BYTES,
        () -> memory(1, setting.context(), inUse()).workspaceBytes());
    figures.derive(
        "largestBatch",
        Format.COUNT,
        () -> Derivations.largestBatch(capacity(), setting.context()));
    figures.when("fits", () -> memoryBytes().isPresent() && fitsOne());
    figures.when("isTooLarge", () -> memoryBytes().isPresent() && !fitsOne());
    figures.table(
        "memoryTable",
        () ->
            Tables.of(
                Setting.batches(),
                batch -> {
                  InferenceMemory memory = memory(batch, setting.context(), inUse());
                  return List.of(
                      cell("sequences", Format.COUNT, batch),
                      cell("weights", Format.BYTES, memory.weightBytes()),
                      cell("KV cache", Format.BYTES, memory.kvUsedBytes()),
                      cell("workspace", Format.BYTES, memory.workspaceBytes()),
                      cell("total", Format.BYTES, memory.totalBytes()));
                }));
  }

  private boolean fitsOne() {
    return capacity().largestBatch(setting.context()) > 0;
  }

  private OptionalLong memoryBytes() {
    return setting.target().device().memoryBytes();
  }

  private static Allocation inUse() {
    return new Allocation.Paged(BLOCK);
  }

  private InferenceMemory memory(int batch, int positions, Allocation allocation) {
    return InferenceMemory.of(
        setting.architecture(), setting.decodeOptions(), batch, positions, allocation);
  }

  private Capacity capacity() {
    return capacity(inUse());
  }

  private Capacity capacity(Allocation allocation) {
    return new Capacity(
        setting.architecture(), setting.decodeOptions(), allocation, memoryBytes().getAsLong());
  }

  private void addPaging() {
    figures.put("blockPositions", Format.COUNT, () -> BLOCK);
    figures.put("pagedSequences", Format.COUNT, () -> SEQUENCES);
    figures.put("usedPositions", Format.COUNT, this::used);
    figures.put("roomPositions", Format.COUNT, () -> room());
    figures.table("pagingTable", this::allocations);
  }

  private int used() {
    return Math.min(USED, room() - 1);
  }

  private int room() {
    return setting.longestContext() + 1;
  }

  private record Named(String name, Allocation allocation) {}

  private Table allocations() {
    return Tables.of(
        List.of(
            new Named("room for the longest", new Allocation.Contiguous(room())),
            new Named("paged", new Allocation.Paged(BLOCK))),
        named -> {
          InferenceMemory memory = memory(SEQUENCES, used(), named.allocation);
          List<Cell> cells =
              List.of(
                  cell("KV cache", Format.TEXT, named.name),
                  cell("used", Format.BYTES, memory.kvUsedBytes()),
                  cell("reserved", Format.BYTES, memory.kvReservedBytes()),
                  cell(
                      "idle",
                      Format.SHARE,
                      1 - (double) memory.kvUsedBytes() / memory.kvReservedBytes()));
          return memoryBytes().isEmpty()
              ? cells
              : Tables.join(
                  cells,
                  List.of(
                      cell(
                          "sequences that fit",
                          Format.COUNT,
                          capacity(named.allocation).largestBatch(used()))));
        });
  }
}
