package dev.ridgepoint.bench.probe;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * The caches of some processors as Linux tells of them: sysfs
 * (Documentation/ABI/testing/sysfs-devices-system-cpu), a folder for each cache of a processor.
 */
final class LinuxCaches {
  private static final String KIBI = "K";

  private LinuxCaches() {}

  /** By level, from files below {@code root}; none where these do not tell. */
  static List<Cache> read(Path root, Collection<Integer> processors) {
    TreeMap<Integer, Set<String>> sharedBy = new TreeMap<>();
    TreeMap<Integer, Long> bytes = new TreeMap<>();
    for (int processor : processors) {
      Path caches = root.resolve("sys/devices/system/cpu/cpu" + processor + "/cache");
      for (int i = 0; ; i++) {
        Path cache = caches.resolve("index" + i);
        String type = text(cache, "type");
        if (type.isEmpty()) {
          break;
        }
        String size = text(cache, "size");
        if (!type.equals("Instruction") && size.endsWith(KIBI)) {
          int level = Integer.parseInt(text(cache, "level"));
          long each = Long.parseLong(size.substring(0, size.length() - 1)) << 10;
          bytes.merge(level, each, Math::max);
          sharedBy.computeIfAbsent(level, _ -> new HashSet<>()).add(text(cache, "shared_cpu_list"));
        }
      }
    }
    List<Cache> all = new ArrayList<>();
    bytes.forEach((level, each) -> all.add(new Cache(level, each, sharedBy.get(level).size())));
    return all;
  }

  private static String text(Path cache, String name) {
    return String.join("", SystemFiles.lines(cache.resolve(name))).strip();
  }
}
