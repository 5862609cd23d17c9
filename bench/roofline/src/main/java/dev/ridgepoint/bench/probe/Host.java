package dev.ridgepoint.bench.probe;

import com.sun.management.OperatingSystemMXBean;
import dev.ridgepoint.engine.kernels.VectorRegisters;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The machine and the virtual machine that this process runs on, as they describe themselves. What
 * they do not tell is left out.
 *
 * @param cpu the processor's name, or the architecture's where it has none
 * @param cores that this process may use
 * @param logicalProcessors processors that the operating system offers to this process
 * @param memoryBytes installed, or allowed to the container
 * @param caches as stated, by level, which virtual machines often get wrong; none if unknown
 * @param vectorBits width of the engine's vectors
 * @param jdk vendor and build
 * @param operatingSystem name, version, architecture
 * @param jvmFlags as given to this process
 */
public record Host(
    String cpu,
    Cores cores,
    int logicalProcessors,
    long memoryBytes,
    List<Cache> caches,
    int vectorBits,
    String jdk,
    String operatingSystem,
    List<String> jvmFlags) {

  public Host {
    caches = List.copyOf(caches);
  }

  /** This machine. */
  public static Host current() {
    String architecture = System.getProperty("os.arch");
    int logical = Runtime.getRuntime().availableProcessors();
    return new Host(
        Hardware.processorName().or(Host::linuxProcessorName).orElse(architecture),
        LinuxCores.read(Path.of("/"))
            .or(Hardware::cores)
            .orElse(Cores.alike(logical))
            .atMost(logical),
        logical,
        atMostThePlatforms(Hardware.memoryBytes()),
        statedCaches(),
        VectorRegisters.vectorBits(),
        System.getProperty("java.vm.vendor") + " " + Runtime.version(),
        operatingSystemName(),
        ManagementFactory.getRuntimeMXBean().getInputArguments());
  }

  /**
   * Whether this process runs on the same system, as far as any JVM can tell without native
   * libraries or vectors: its operating system, its processors and, on Linux, their name.
   */
  boolean isOfThisSystem() {
    return operatingSystem.equals(operatingSystemName())
        && logicalProcessors == Runtime.getRuntime().availableProcessors()
        && linuxProcessorName().filter(name -> !name.equals(cpu)).isEmpty();
  }

  private static String operatingSystemName() {
    return "%s %s %s"
        .formatted(
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            System.getProperty("os.arch"));
  }

  private static Optional<String> linuxProcessorName() {
    return SystemFiles.field(Path.of("/proc/cpuinfo"), "model name");
  }

  private static List<Cache> statedCaches() {
    List<Cache> known = LinuxCores.caches(Path.of("/"));
    return known.isEmpty() ? Hardware.caches() : known;
  }

  /** How many threads can run all the time: cores, not hyperthreads. */
  public int physicalCores() {
    return cores.usable();
  }

  /** Memory that can be had now without swapping, within the container's limit. */
  public static long availableMemoryBytes() {
    return atMostThePlatforms(Hardware.availableMemoryBytes().or(Host::linuxAvailableBytes));
  }

  /** The JVM knows the container's limit. */
  private static long atMostThePlatforms(Optional<Long> bytes) {
    long limit = platform().getTotalMemorySize();
    return Math.min(bytes.orElse(limit), limit);
  }

  private static Optional<Long> linuxAvailableBytes() {
    return SystemFiles.field(Path.of("/proc/meminfo"), "MemAvailable").map(Host::kibibytes);
  }

  /** The most memory that this process had at once, where the system keeps count: on Linux. */
  public static Optional<Long> peakResidentBytes() {
    return SystemFiles.field(Path.of("/proc/self/status"), "VmHWM").map(Host::kibibytes);
  }

  private static long kibibytes(String text) {
    return Long.parseLong(text.replace(" kB", "")) << 10;
  }

  private static OperatingSystemMXBean platform() {
    return (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  }
}
