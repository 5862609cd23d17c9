package dev.ridgepoint.bench.probe;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The cores of this process as Linux tells of them: proc(5) which processors it may run on, sysfs
 * (Documentation/ABI/stable/sysfs-devices-system-cpu) which of them share a core and which cores
 * are the fast ones.
 */
final class LinuxCores {
  private final Path root;
  private final Set<Integer> allowed;

  private LinuxCores(Path root, Set<Integer> allowed) {
    this.root = root;
    this.allowed = allowed;
  }

  /**
   * What files below {@code root} say; nothing where they do not say which processors are allowed.
   */
  static Optional<Cores> read(Path root) {
    return SystemFiles.field(root.resolve("proc/self/status"), "Cpus_allowed_list")
        .map(LinuxCores::processors)
        .filter(allowed -> !allowed.isEmpty())
        .map(allowed -> new LinuxCores(root, allowed).cores());
  }

  /** The caches of the allowed processors, by level; none where files do not tell of them. */
  static List<Cache> caches(Path root) {
    return SystemFiles.field(root.resolve("proc/self/status"), "Cpus_allowed_list")
        .map(list -> LinuxCaches.read(root, processors(list)))
        .orElse(List.of());
  }

  private Cores cores() {
    Set<Integer> cores = new TreeSet<>();
    for (int processor : allowed) {
      cores.add(firstOfCore(processor));
    }
    return Cores.of(cores.size(), kinds(cores), CpuLimit.read(root));
  }

  /** The first allowed processor of a processor's core stands for the core. */
  private int firstOfCore(int processor) {
    Path topology = system("cpu" + processor + "/topology");
    for (String name : List.of("core_cpus_list", "thread_siblings_list")) {
      Set<Integer> siblings = processorsIn(topology.resolve(name));
      siblings.retainAll(allowed);
      if (!siblings.isEmpty()) {
        return siblings.iterator().next();
      }
    }
    return processor;
  }

  /** Intel's two kinds have performance counters of their own; elsewhere capacities differ. */
  private List<Cores.Kind> kinds(Collection<Integer> cores) {
    Set<Integer> efficient = processorsIn(root.resolve("sys/devices/cpu_atom/cpus"));
    if (efficient.isEmpty() || !Files.exists(root.resolve("sys/devices/cpu_core/cpus"))) {
      efficient = belowFullCapacity();
    }
    if (efficient.isEmpty()) {
      return List.of();
    }
    int count = (int) cores.stream().filter(efficient::contains).count();
    return Cores.performanceAndEfficiency(cores.size() - count, count);
  }

  /** Of all processors of the machine, so that a process on slow cores alone is told so. */
  private Set<Integer> belowFullCapacity() {
    TreeMap<Integer, Set<Integer>> processors = new TreeMap<>();
    for (int processor : processorsIn(system("present"))) {
      for (String line : SystemFiles.lines(system("cpu" + processor + "/cpu_capacity"))) {
        processors
            .computeIfAbsent(Integer.valueOf(line.strip()), capacity -> new TreeSet<>())
            .add(processor);
      }
    }
    processors.pollLastEntry();
    Set<Integer> below = new TreeSet<>();
    processors.values().forEach(below::addAll);
    return below;
  }

  private Path system(String name) {
    return root.resolve("sys/devices/system/cpu").resolve(name);
  }

  private static Set<Integer> processorsIn(Path file) {
    Set<Integer> all = new TreeSet<>();
    SystemFiles.lines(file).forEach(line -> all.addAll(processors(line)));
    return all;
  }

  /** Such as "0-3,8,10-11". */
  private static Set<Integer> processors(String list) {
    Set<Integer> processors = new TreeSet<>();
    for (String range : list.strip().split(",")) {
      if (!range.isEmpty()) {
        List<String> ends = List.of(range.split("-"));
        int last = Integer.parseInt(ends.getLast());
        for (int processor = Integer.parseInt(ends.getFirst()); processor <= last; processor++) {
          processors.add(processor);
        }
      }
    }
    return processors;
  }
}
