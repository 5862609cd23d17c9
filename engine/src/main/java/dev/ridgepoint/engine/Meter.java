package dev.ridgepoint.engine;

/**
 * Told of every operation that the engine executes, with the FLOPs and bytes of the shapes it
 * really ran on. The definitions are those of the README: one FLOP per add, multiply, divide,
 * square root or exponential; bytes are compulsory traffic.
 */
public interface Meter {
  /** Counts nothing. */
  Meter NONE =
      new Meter() {
        @Override
        public void begin(String operation, int layer) {}

        @Override
        public void end(
            long flops,
            long matmulFlops,
            long weightBytes,
            long kvReadBytes,
            long kvWrittenBytes,
            long activationBytes) {}
      };

  /**
   * The next operation starts.
   *
   * @param operation its name
   * @param layer the layer, from 0, or -1 outside the layers
   */
  void begin(String operation, int layer);

  /** The operation that began last has ended; what it did, by stream. */
  void end(
      long flops,
      long matmulFlops,
      long weightBytes,
      long kvReadBytes,
      long kvWrittenBytes,
      long activationBytes);
}
