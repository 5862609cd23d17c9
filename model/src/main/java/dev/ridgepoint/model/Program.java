package dev.ridgepoint.model;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.ops.Activation;
import dev.ridgepoint.engine.ops.Activations;
import dev.ridgepoint.engine.ops.Op;
import dev.ridgepoint.engine.ops.StepRows;
import dev.ridgepoint.engine.ops.Workspace;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.engine.panels.KvLayout;
import dev.ridgepoint.engine.panels.PagePool;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.Layer;
import dev.ridgepoint.estimator.operation.Linear;
import dev.ridgepoint.estimator.operation.Operation;
import dev.ridgepoint.estimator.operation.Rows;
import dev.ridgepoint.model.support.CachedHeads;
import dev.ridgepoint.model.watch.KernelWatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A decoder: the operations of the estimator's list, each bound to its weights and activations
 * once, and executed in that order step after step.
 *
 * <p>One caller at a time. Activation memory is kept from step to step and grows to the largest; a
 * step of the same shape as the last allocates nothing on the heap. Kernels that the JVM compiled
 * badly are told of: see {@link dev.ridgepoint.model.watch.KernelCliffs}.
 */
public final class Program implements AutoCloseable {
  private final Weights weights;
  private final DType kvType;
  private final KernelWatch meter;
  private final List<Operation> operations;
  private final List<Op> ops = new ArrayList<>();
  private final Activations tokenRows = new Activations();
  private final Activations logitRows = new Activations();
  private final Optional<ExpertActivations> experts;
  private final Activation logits;
  private final Map<Integer, Activation> inputs = new HashMap<>();
  private final StepRows step = new StepRows();

  /**
   * @param weights owned by the caller, who keeps them alive as long as the program
   * @param kvType how caches store keys and values: F32 or BF16
   * @param workers the caller's, who closes them after the program
   */
  public Program(Weights weights, DType kvType, Workers workers, Meter meter) {
    this.weights = weights;
    this.kvType = kvType;
    this.meter = new KernelWatch(meter);
    operations = weights.operations();
    experts = ExpertActivations.of(weights.architecture());
    ProgramBinder binder =
        new ProgramBinder(
            weights, new Workspace(workers), new StepActivations(tokenRows, logitRows, experts));
    for (Operation operation : operations) {
      if (operation instanceof Linear linear) {
        inputs.put(ops.size(), binder.input(linear));
      }
      ops.add(binder.bind(operation));
    }
    logits = binder.logits();
  }

  /**
   * An empty cache for a sequence of up to {@code capacity} positions, with pages of its own: as
   * many as are needed however many tokens are fed at once.
   */
  public KvCache newCache(int capacity) {
    return newCache(capacity, capacity, 0);
  }

  /**
   * The same with no more pages than it takes to feed few tokens at once.
   *
   * @param newTokens that are fed at once at most
   * @param forgotten tokens by which it is sure to be able to be cut back, beside those fed last
   */
  public KvCache newCache(int capacity, int newTokens, int forgotten) {
    int[] kept = windows();
    Arrays.setAll(kept, i -> (int) Math.min(kept[i] + (long) forgotten, Integer.MAX_VALUE));
    return new KvCache(pageLayout(KvLayout.PAGE_POSITIONS), kept, capacity, newTokens);
  }

  /** The same of a pool's pages, which are of {@link #pageLayout}. */
  public KvCache newCache(PagePool pool, int capacity) {
    return new KvCache(pool, windows(), capacity);
  }

  /**
   * Pages that such a cache takes at once at most.
   *
   * @param newTokens that are fed at once at most
   */
  public int mostPages(KvLayout layout, int capacity, int newTokens) {
    return Arrays.stream(windows())
        .map(window -> layout.mostPages(window, capacity, newTokens))
        .sum();
  }

  /** Positions that a token sees at most in each layer, itself included. */
  private int[] windows() {
    return weights.architecture().decoder().orElseThrow().layers().stream()
        .mapToInt(layer -> (int) layer.attention().span().kept(Integer.MAX_VALUE))
        .toArray();
  }

  /** What pages of its caches hold. */
  public KvLayout pageLayout(int pagePositions) {
    return pageLayout(weights.architecture(), kvType, pagePositions);
  }

  /** What pages of a model's caches hold. */
  public static KvLayout pageLayout(Architecture architecture, DType kvType, int pagePositions) {
    List<Layer> layers = architecture.decoder().orElseThrow().layers();
    CachedHeads cached = CachedHeads.of(layers.getFirst().attention());
    return new KvLayout(
        kvType,
        cached.heads(),
        cached.keyDim(),
        cached.valueDim(),
        cached.areLatents(),
        pagePositions);
  }

  /**
   * Whether a token's key depends on the capacity of its cache, so that caches of different ones
   * cannot share it.
   */
  public boolean keysDependOnCapacity() {
    return weights.architecture().decoder().orElseThrow().layers().stream()
        .map(layer -> layer.attention().rope())
        .anyMatch(RotaryFrequencies::dependOnLength);
  }

  /** What every step executes, in this order. */
  public List<Operation> operations() {
    return operations;
  }

  /**
   * Feeds new tokens to their sequences and computes the logits that the batch asks for.
   *
   * @return {@code [logits of all entries][vocabSize]}, in the batch's order; valid until the next
   *     call
   * @throws IllegalArgumentException if a token is not in the vocabulary or a cache has no room
   */
  public Tensor forward(Batch batch) {
    prepare(batch);
    meter.beginStep(step.rows());
    for (int i = 0; i < ops.size(); i++) {
      if (operations.get(i).rows() == Rows.TOKENS || step.logitRows() > 0) {
        run(i);
      }
    }
    meter.endStep();
    step.advanceCaches();
    return logits();
  }

  /** Gives the activations the rows of a batch, with any content: for operations run one by one. */
  public void prepare(Batch batch) {
    step.begin();
    for (int i = 0; i < batch.entries().size(); i++) {
      Batch.Entry entry = batch.entries().get(i);
      step.add(entry.cache(), entry.tokens(), entry.logits());
    }
    tokenRows.resize(step.rows());
    logitRows.resize(step.logitRows());
    if (experts.isPresent()) {
      experts.get().resize(step.rows());
    }
  }

  /** Runs one operation on the rows prepared. */
  public void run(int index) {
    Operation operation = operations.get(index);
    meter.begin(operation.name(), operation.layer());
    ops.get(index).run(step, meter);
  }

  /**
   * What an operation that is a {@link Linear} multiplies, [rows][inputs]: between {@link #run}s of
   * the operations before it and its own, of the rows prepared.
   */
  public Tensor input(int index) {
    return inputs.get(index).tensor();
  }

  /** The logits that the operations run since {@link #prepare} have computed. */
  public Tensor logits() {
    return logits.tensor();
  }

  /** Frees the activations; caches and weights are their owners'. */
  @Override
  public void close() {
    tokenRows.close();
    logitRows.close();
    experts.ifPresent(ExpertActivations::close);
  }
}
