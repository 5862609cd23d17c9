package dev.ridgepoint.estimator.serving;

import dev.ridgepoint.estimator.cluster.Collective;
import dev.ridgepoint.estimator.cluster.Link;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.format.Precision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How long tokens take to the devices of their experts, and back. Each device sends k rows of the
 * residual stream for each of its tokens, and as many come back; of e devices (e - 1) / e are
 * others. Within a node all are written to at once; what goes to other nodes goes through the
 * network meanwhile. Source: DeepSeek-V3, arXiv:2412.19437, section 3.2; DeepEP's low-latency
 * kernels, whose published times are met by a test.
 *
 * @param devices that have experts of their own, e
 * @param dispatch format of the rows that go
 * @param combine format of those that come back
 * @param link within a node
 */
record ExpertExchange(int devices, Precision dispatch, Precision combine, Link link) {
  /** What one node holds, as HGX and its like do. */
  static final int NODE_DEVICES = 8;

  /** 8-bit rows with an F32 scale per 128 elements, as DeepSeek-V3 sends them to its experts. */
  static final Precision SCALED_FP8 = new Precision("FP8-G128", 128, 132);

  /**
   * Between nodes, per device: DeepEP reaches 39 of 50 GB/s with 128 and with 256 devices (its
   * {@code docs/legacy.md}, "Low-latency kernels", H800 and InfiniBand of 400 Gb/s each).
   */
  private static final double NETWORK_BYTES_PER_SECOND = 39e9;

  /**
   * Seconds there and back for the tokens of one device.
   *
   * @param rows tokens times experts per token
   */
  double seconds(long rows, int columns) {
    return seconds(dispatch, rows, columns) + seconds(combine, rows, columns);
  }

  /** One way. */
  double seconds(Precision format, long rows, int columns) {
    long bytes = Math.multiplyExact(rows, format.rowBytes(columns));
    int near = Math.min(devices, NODE_DEVICES);
    double within =
        Collective.ONE_SHOT_ALL_TO_ALL.seconds(
            near, Math.ceilDiv(Math.multiplyExact(bytes, (long) near), (long) devices), link);
    double between =
        network()
            .map(network -> network.latencySeconds() + far() * bytes / network.bytesPerSecond())
            .orElse(0.0);
    return Math.max(within, between);
  }

  /** How the time there and back in one layer comes about. */
  Derivation derivation(long rows, int columns) {
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("rows", rows);
    inputs.put("dispatchBytes", dispatch.rowBytes(columns));
    inputs.put("combineBytes", combine.rowBytes(columns));
    inputs.put("e", devices);
    inputs.put("node", NODE_DEVICES);
    inputs.put("far", far());
    inputs.put("latency", link.latencySeconds());
    inputs.put("bandwidth", link.bytesPerSecond());
    inputs.put("network", NETWORK_BYTES_PER_SECOND);
    return new Derivation(
        "tokens to experts and back, of a layer",
        seconds(rows, columns),
        "s",
        "each way latency + the longer of rows x bytes x (1 - 1/e - far) / bandwidth and rows x"
            + " bytes x far / network; far = 1 - node / e where there are more than a node holds",
        inputs,
        List.of(
            new Derivation.Term("dispatch", seconds(dispatch, rows, columns)),
            new Derivation.Term("combine", seconds(combine, rows, columns))),
        "DeepSeek-V3, arXiv:2412.19437, section 3.2; DeepEP, docs/legacy.md");
  }

  private double far() {
    return 1 - (double) Math.min(devices, NODE_DEVICES) / devices;
  }

  private Optional<Link> network() {
    return devices <= NODE_DEVICES
        ? Optional.empty()
        : Optional.of(new Link("network", NETWORK_BYTES_PER_SECOND, link.latencySeconds()));
  }
}
