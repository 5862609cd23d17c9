package dev.ridgepoint.estimator.operation;

/**
 * What one operation of a forward pass costs: exact counts, no rates.
 *
 * <p>FLOPs: one per add, multiply, divide, square root, exponential; a multiply-add is two;
 * comparisons, conversions and sign changes are none. Bytes are compulsory traffic: each weight
 * byte once per step, each cached key and value once per step and sequence, new keys and values
 * written once, activations once in and once out.
 *
 * @param name the operation's name, such as {@code qkv_proj}; see {@link OperationList}
 * @param layer the layer, from 0, or -1 outside the layers
 * @param flops all FLOPs
 * @param matmulFlops those of matrix products alone, the count that papers use
 * @param weightBytes weights read, quantisation scales included
 * @param kvReadBytes cached keys and values read
 * @param kvWrittenBytes new keys and values written
 * @param activationBytes activations read and written
 */
public record OperationCost(
    String name,
    int layer,
    long flops,
    long matmulFlops,
    long weightBytes,
    long kvReadBytes,
    long kvWrittenBytes,
    long activationBytes) {

  /** All bytes moved. */
  public long bytes() {
    return Math.addExact(
        Math.addExact(weightBytes, activationBytes), Math.addExact(kvReadBytes, kvWrittenBytes));
  }

  /** FLOPs per byte moved. */
  public double arithmeticIntensity() {
    return (double) flops / bytes();
  }
}
