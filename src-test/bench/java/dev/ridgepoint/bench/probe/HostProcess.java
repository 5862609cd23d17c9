package dev.ridgepoint.bench.probe;

/** A process of its own that tells of its host. */
final class HostProcess {
  private HostProcess() {}

  public static void main(String[] args) {
    Host host = Host.current();
    System.out.println(host.cpu());
    System.out.println(host.physicalCores());
    System.out.println(host.memoryBytes());
    System.out.println(Host.availableMemoryBytes());
  }
}
