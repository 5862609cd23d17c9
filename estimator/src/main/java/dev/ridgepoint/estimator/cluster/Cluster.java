package dev.ridgepoint.estimator.cluster;

import static dev.ridgepoint.estimator.input.Checks.requirePositive;
import static dev.ridgepoint.estimator.input.Checks.requireShare;

/**
 * Equal devices in equal nodes.
 *
 * @param name what reports call it
 * @param devices all of them
 * @param devicesPerNode those that the inner link joins
 * @param memoryBytes of one device, what the runtime keeps for itself already taken off
 * @param peakFlopsPerSecond of one device, dense, in the precision of the matrices
 * @param kernelEfficiency the share of the peak that matrix products of this size reach: an
 *     assumption, which measurements of the device should replace
 * @param inner between devices of a node
 * @param outer between nodes, per device
 */
public record Cluster(
    String name,
    int devices,
    int devicesPerNode,
    long memoryBytes,
    double peakFlopsPerSecond,
    double kernelEfficiency,
    Link inner,
    Link outer) {
  public Cluster {
    requirePositive(name, "devices", devices);
    requirePositive(name, "devicesPerNode", devicesPerNode);
    requirePositive(name, "memoryBytes", memoryBytes);
    requirePositive(name, "peakFlopsPerSecond", peakFlopsPerSecond);
    requireShare(name, "kernelEfficiency", kernelEfficiency);
  }

  /**
   * The link of a group whose members, numbered one after the other, span {@code devices}: a ring
   * is as slow as its slowest link.
   */
  Link linkFor(long devices) {
    return devices <= devicesPerNode ? inner : outer;
  }
}
