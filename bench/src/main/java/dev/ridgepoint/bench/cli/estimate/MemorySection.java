package dev.ridgepoint.bench.cli.estimate;

import dev.ridgepoint.bench.cli.options.OptionChecks;
import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Column;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Section;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.inference.Capacity;
import dev.ridgepoint.estimator.inference.Derivations;
import dev.ridgepoint.estimator.inference.InferenceMemory;
import dev.ridgepoint.estimator.inference.InferenceMemory.Allocation;
import dev.ridgepoint.estimator.inference.Workspace;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** {@code --memory}: what inference holds, and what fits. */
final class MemorySection {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("allocation", "KV cache", Format.TEXT),
          new Column("weightBytes", "weights", Format.BYTES),
          new Column("kvUsedBytes", "KV used", Format.BYTES),
          new Column("kvReservedBytes", "KV reserved", Format.BYTES),
          new Column("workspaceBytes", "workspace", Format.BYTES),
          new Column("totalBytes", "total", Format.BYTES),
          new Column("fits", "fits", Format.TEXT),
          new Column("largestBatch", "largest batch", Format.COUNT),
          new Column("largestContext", "largest context", Format.COUNT));

  private final EstimatedModel estimated;
  private final Architecture architecture;
  private final ForwardOptions options;
  private final int positions;
  private final OptionalLong limitBytes;
  private final List<Derivation> derivations = new ArrayList<>();

  private MemorySection(EstimatedModel estimated, OptionalLong limitBytes) {
    this.estimated = estimated;
    this.limitBytes = limitBytes;
    architecture = estimated.architecture();
    Workload workload = estimated.workload();
    options = workload.decodeOptions();
    positions = Math.max(1, Math.max(workload.context(), generated(workload)));
  }

  private static int generated(Workload workload) {
    return workload.output() > 0 ? workload.prompt() + workload.output() : 0;
  }

  /**
   * @param blockPositions positions of a block of the paged cache
   * @param limitBytes the memory to fit, if one is known
   */
  static Section of(EstimatedModel estimated, int blockPositions, OptionalLong limitBytes) {
    OptionChecks.requireIn("--block", blockPositions, 1, Integer.MAX_VALUE);
    MemorySection section = new MemorySection(estimated, limitBytes);
    return estimated.architecture().decoder().isPresent()
        ? section.decoder(blockPositions)
        : section.encoder();
  }

  private Section decoder(int blockPositions) {
    Map<String, Allocation> allocations = new LinkedHashMap<>();
    allocations.put("in use", new Allocation.Contiguous(0));
    allocations.put("paged, blocks of " + blockPositions, new Allocation.Paged(blockPositions));
    if (architecture.maxPositions() != Architecture.UNLIMITED_POSITIONS) {
      allocations.put(
          "contiguous, " + architecture.maxPositions(),
          new Allocation.Contiguous(architecture.maxPositions()));
    }
    List<List<Object>> rows = new ArrayList<>();
    allocations.forEach((name, allocation) -> rows.add(row(name, allocation)));
    int batch = estimated.workload().batch();
    InferenceMemory memory =
        InferenceMemory.of(
            architecture, options, batch, positions, new Allocation.Paged(blockPositions));
    List<Cell> facts = new ArrayList<>(facts(memory));
    if (limitBytes.isPresent()) {
      Capacity capacity = capacity(new Allocation.Paged(blockPositions));
      facts.add(limit());
      facts.add(fits(memory.totalBytes()));
      facts.add(
          Cell.of("largestBatch", "largest batch", Format.COUNT, capacity.largestBatch(positions)));
      facts.add(
          Cell.of("largestContext", "largest context", Format.COUNT, largestContext(capacity)));
      derivations.add(Derivations.largestBatch(capacity, positions));
      derivations.add(Derivations.largestContext(capacity, batch));
    }
    Table table =
        new Table(
            "allocations",
            "%s of %s"
                .formatted(Units.count(batch, "sequence"), Units.count(positions, "position")),
            limitBytes.isPresent() ? COLUMNS : COLUMNS.subList(0, COLUMNS.size() - 3),
            rows);
    return new Section("memory", facts, List.of(table), derivations);
  }

  private List<Object> row(String name, Allocation allocation) {
    int batch = estimated.workload().batch();
    InferenceMemory memory =
        InferenceMemory.of(architecture, options, batch, positions, allocation);
    derivations.add(Derivations.memory(name, memory));
    List<Object> row =
        new ArrayList<>(
            Table.row(
                name,
                memory.weightBytes(),
                memory.kvUsedBytes(),
                memory.kvReservedBytes(),
                memory.workspaceBytes(),
                memory.totalBytes()));
    if (limitBytes.isPresent()) {
      Capacity capacity = capacity(allocation);
      row.add(fits(memory.totalBytes()).value());
      row.add(capacity.largestBatch(positions));
      row.add(largestContext(capacity));
    }
    return row;
  }

  private List<Cell> facts(InferenceMemory memory) {
    long batch = estimated.workload().batch();
    List<Cell> facts = new ArrayList<>();
    facts.add(bytes("weightBytes", "weights", memory.weightBytes()));
    facts.add(bytes("kvUsedBytes", "KV cache in use", memory.kvUsedBytes()));
    long all =
        Math.multiplyExact(
            Math.multiplyExact(batch, (long) positions),
            options.kvCache().bytesPerToken(architecture));
    long states = Math.multiplyExact(batch, options.kvCache().stateBytesPerSequence(architecture));
    if (states > 0) {
      facts.add(bytes("stateBytes", "of it states, whatever the positions", states));
    }
    if (all != memory.kvUsedBytes() - states) {
      facts.add(bytes("unwindowedKvBytes", "the same, kept outside windows too", all));
    }
    if (estimated.sourceTokens() > 0) {
      facts.add(
          bytes(
              "crossAttentionBytes",
              "keys and values of the encoded prompts, besides",
              Math.multiplyExact(
                  batch,
                  options.kvCache().crossAttentionBytes(architecture, estimated.sourceTokens()))));
    }
    facts.add(bytes("workspaceBytes", "workspace of decoding", memory.workspaceBytes()));
    facts.add(
        bytes(
            "prefillWorkspaceBytes",
            "workspace of a prefill",
            workspace(estimated.workload().prompt())));
    facts.add(bytes("totalBytes", "total while decoding, paged", memory.totalBytes()));
    return facts;
  }

  private Section encoder() {
    long weights = options.weights().storedBytes(architecture);
    int prompt = estimated.workload().prompt();
    long tokens = Math.multiplyExact((long) estimated.workload().batch(), (long) prompt);
    InferenceMemory memory = new InferenceMemory(weights, 0, 0, workspace(tokens));
    derivations.add(Derivations.memory("encoding", memory));
    List<Cell> facts = new ArrayList<>();
    facts.add(bytes("weightBytes", "weights", weights));
    facts.add(bytes("workspaceBytes", "workspace", memory.workspaceBytes()));
    facts.add(bytes("totalBytes", "total", memory.totalBytes()));
    if (limitBytes.isPresent()) {
      facts.add(limit());
      facts.add(fits(memory.totalBytes()));
    }
    return new Section("memory", facts, List.of(), derivations);
  }

  private long workspace(long tokens) {
    Step step = Step.prefill(estimated.workload().prompt());
    return Workspace.bytes(
        architecture,
        estimated.workload().options(step),
        tokens,
        architecture.decoder().isPresent() ? 1 : 0,
        estimated.workload().prompt());
  }

  private Capacity capacity(Allocation allocation) {
    return new Capacity(architecture, options, allocation, limitBytes.getAsLong());
  }

  /** What memory allows, and the model. */
  private int largestContext(Capacity capacity) {
    return Math.min(
        capacity.largestContext(estimated.workload().batch()), architecture.maxPositions());
  }

  private Cell limit() {
    return bytes("limitBytes", "memory", limitBytes.getAsLong());
  }

  private static Cell bytes(String key, String heading, long value) {
    return Cell.of(key, heading, Format.BYTES, value);
  }

  private Cell fits(long totalBytes) {
    return Cell.of(
        "fits", "fits", Format.TEXT, totalBytes <= limitBytes.getAsLong() ? "yes" : "no");
  }
}
