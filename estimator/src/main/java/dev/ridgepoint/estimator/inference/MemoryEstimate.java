package dev.ridgepoint.estimator.inference;

import static java.lang.Math.addExact;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.KvCacheFormat;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.Step;
import java.util.Locale;

/**
 * The memory that inference with this project's engine needs, known before anything is loaded. Its
 * cache holds whole pages of what each layer's window sees, see {@link KvPages}; of engines with
 * caches of other kinds {@link InferenceMemory} tells.
 *
 * <p>A process holds its JVM besides: the heap, as large as {@code -Xmx} lets garbage make it, and
 * about 0.12 GB of classes, compiled code and the compiler's own memory (measured with JDK 25 on
 * x86-64 Linux as the peak of a process whose model has hardly any weights). With that added, and a
 * heap that is held small, {@link #totalBytes} is within 5 % of a process's peak.
 *
 * @param weightBytes the stored model: matrices in their format, a tied one once; norm weights and
 *     biases in F32
 * @param kvCacheBytes the pages of keys and values of all sequences and layers
 * @param workspaceBytes upper bound of activations and rotary tables: of one layer every
 *     operation's output at once, in F32
 */
public record MemoryEstimate(long weightBytes, long kvCacheBytes, long workspaceBytes) {

  /**
   * What running {@code step} and any smaller one needs, with {@code positions} cached positions at
   * most in each of its sequences.
   *
   * @param pages of the caches
   * @throws ArithmeticException if a count passes 2^63
   */
  public static MemoryEstimate of(
      Architecture architecture, DataFormats formats, Step step, int positions, KvPages pages) {
    KvCacheFormat format = KvCacheFormat.of(formats.kvCache());
    long kvCache =
        step.sequences().stream()
            .mapToLong(each -> pages.mostBytes(architecture, format, positions, each.newTokens()))
            .reduce(0, Math::addExact);
    return new MemoryEstimate(
        formats.weights().storedBytes(architecture),
        kvCache,
        Workspace.bytes(
            architecture,
            ForwardOptions.ofEngine(formats),
            step.totalNewTokens(),
            step.totalLogits(),
            positions));
  }

  /** The same with caches of other sizes. */
  public MemoryEstimate withKvCacheBytes(long bytes) {
    return new MemoryEstimate(weightBytes, bytes, workspaceBytes);
  }

  /** Bytes of all weights with the matrices in {@code precision}. */
  public static long weightBytes(Architecture architecture, Precision precision) {
    return WeightFormats.of(precision).storedBytes(architecture);
  }

  /** Bytes that one more position of one sequence takes: 2 L k d elements. */
  public static long kvCacheBytesPerToken(Architecture architecture, Precision precision) {
    return KvCacheFormat.of(precision).bytesPerToken(architecture);
  }

  /** Everything. */
  public long totalBytes() {
    return addExact(addExact(weightBytes, kvCacheBytes), workspaceBytes);
  }

  /**
   * Refuses what does not fit.
   *
   * @param source the model, for the message
   * @throws InvalidInputException if more is needed than {@code availableBytes}
   */
  public void requireFits(String source, long availableBytes) {
    if (totalBytes() > availableBytes) {
      throw new InvalidInputException(
          source,
          "needs %s of memory (weights %s, KV cache %s, workspace %s), but %s are available"
              .formatted(
                  gigabytes(totalBytes()),
                  gigabytes(weightBytes),
                  gigabytes(kvCacheBytes),
                  gigabytes(workspaceBytes),
                  gigabytes(availableBytes)));
    }
  }

  private static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
  }
}
