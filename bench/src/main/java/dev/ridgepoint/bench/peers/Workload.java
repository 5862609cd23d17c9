package dev.ridgepoint.bench.peers;

import dev.ridgepoint.estimator.architecture.Architecture;
import java.util.Locale;

/** What engines are compared at. */
public sealed interface Workload {

  /** As the table names it. */
  String label();

  /** What is counted: FLOPs or tokens, of one invocation. */
  double amount();

  /** What {@link #amount} per second is given in. */
  Unit unit();

  /** Units of rates. */
  enum Unit {
    GFLOPS("GFLOP/s", 1e9),
    TOKENS("tokens/s", 1);

    private final String label;
    private final double size;

    Unit(String label, double size) {
      this.label = label;
      this.size = size;
    }

    @Override
    public String toString() {
      return label;
    }
  }

  /** The rate at which an invocation takes {@code seconds}, in {@link #unit}. */
  default double rate(double seconds) {
    return amount() / seconds / unit().size;
  }

  /** An F32 matrix product {@code [rows][inputs] x [inputs][outputs]}. */
  record Product(String name, int rows, int inputs, int outputs) implements Workload {
    @Override
    public String label() {
      return String.format(Locale.ROOT, "%s %dx%dx%d", name, rows, inputs, outputs);
    }

    /** 2mkn. */
    @Override
    public double amount() {
      return 2.0 * rows * inputs * outputs;
    }

    @Override
    public Unit unit() {
      return Unit.GFLOPS;
    }
  }

  /** A step of a model on weights that all engines get alike. */
  sealed interface ModelStep extends Workload {
    /** The model's configuration. */
    Architecture architecture();

    @Override
    default Unit unit() {
      return Unit.TOKENS;
    }
  }

  /** {@code prompt} tokens in one step, from an empty cache. */
  record Prefill(String model, Architecture architecture, int prompt) implements ModelStep {
    @Override
    public String label() {
      return String.format(Locale.ROOT, "prefill %d, %s", prompt, model);
    }

    @Override
    public double amount() {
      return prompt;
    }
  }

  /** One token after {@code context} cached ones. */
  record Decode(String model, Architecture architecture, int context) implements ModelStep {
    @Override
    public String label() {
      return String.format(Locale.ROOT, "decode at %d, %s", context, model);
    }

    @Override
    public double amount() {
      return 1;
    }
  }
}
