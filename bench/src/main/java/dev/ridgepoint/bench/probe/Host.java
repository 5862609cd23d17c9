package dev.ridgepoint.bench.probe;

import com.sun.management.OperatingSystemMXBean;
import dev.ridgepoint.engine.kernels.VectorRegisters;
import java.lang.management.ManagementFactory;
import java.util.List;
import oshi.SystemInfo;
import oshi.hardware.CentralProcessor;
import oshi.hardware.HardwareAbstractionLayer;

/**
 * The machine and the virtual machine that this process runs on, as they describe themselves.
 *
 * @param cpu the processor's name
 * @param physicalCores cores that this process may use, hyperthreads counted once
 * @param logicalProcessors processors that the operating system offers to this process
 * @param memoryBytes installed, or allowed to the container
 * @param lastLevelCacheBytes as stated, which virtual machines often get wrong; 0 if unknown
 * @param vectorBits width of the engine's vectors
 * @param jdk vendor and build
 * @param operatingSystem name, version, architecture
 * @param jvmFlags as given to this process
 */
public record Host(
    String cpu,
    int physicalCores,
    int logicalProcessors,
    long memoryBytes,
    long lastLevelCacheBytes,
    int vectorBits,
    String jdk,
    String operatingSystem,
    List<String> jvmFlags) {

  /** This machine. */
  public static Host current() {
    HardwareAbstractionLayer hardware = new SystemInfo().getHardware();
    CentralProcessor processor = hardware.getProcessor();
    int logical = Runtime.getRuntime().availableProcessors();
    return new Host(
        processor.getProcessorIdentifier().getName().strip(),
        Math.min(logical, Math.max(1, processor.getPhysicalProcessorCount())),
        logical,
        Math.min(hardware.getMemory().getTotal(), platform().getTotalMemorySize()),
        processor.getProcessorCaches().stream()
            .mapToLong(cache -> Integer.toUnsignedLong(cache.getCacheSize()))
            .max()
            .orElse(0),
        VectorRegisters.vectorBits(),
        System.getProperty("java.vm.vendor") + " " + Runtime.version(),
        "%s %s %s"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch")),
        ManagementFactory.getRuntimeMXBean().getInputArguments());
  }

  /** Memory that can be had now without swapping, within the container's limit. */
  public static long availableMemoryBytes() {
    return Math.min(
        new SystemInfo().getHardware().getMemory().getAvailable(), platform().getTotalMemorySize());
  }

  private static OperatingSystemMXBean platform() {
    return (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  }
}
