package dev.ridgepoint.bench.probe;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The processors' worth of time that Linux's control groups grant, such as the 1.5 of {@code docker
 * run --cpus 1.5}. The kernel's cgroup-v2 and sched-bwc documents name the files.
 */
final class CpuLimit {
  private CpuLimit() {}

  /** The least of this process's groups and all above them, below {@code root}; 0 if none is. */
  static double read(Path root) {
    Path mounts = root.resolve("sys/fs/cgroup");
    double limit = Double.POSITIVE_INFINITY;
    for (String line : SystemFiles.lines(root.resolve("proc/self/cgroup"))) {
      List<String> fields = List.of(line.split(":", 3));
      if (fields.size() == 3) {
        String controllers = fields.get(1);
        if (controllers.isEmpty()) {
          for (Path group : groups(mounts, fields.get(2))) {
            limit = Math.min(limit, unified(group));
          }
        } else if (List.of(controllers.split(",")).contains("cpu")) {
          for (String mount : List.of(controllers, "cpu")) {
            for (Path group : groups(mounts.resolve(mount), fields.get(2))) {
              limit = Math.min(limit, legacy(group));
            }
          }
        }
      }
    }
    return Double.isInfinite(limit) ? 0 : limit;
  }

  /** A group and those above it; in a container the outermost may be all that can be seen. */
  private static List<Path> groups(Path mount, String group) {
    List<Path> groups = new ArrayList<>();
    Path below = Path.of("/").relativize(Path.of(group).normalize());
    for (Path folder = mount.resolve(below);
        folder.startsWith(mount);
        folder = folder.getParent()) {
      groups.add(folder);
    }
    return groups;
  }

  /** "150000 100000", or "max 100000" for no limit. */
  private static double unified(Path group) {
    for (String line : SystemFiles.lines(group.resolve("cpu.max"))) {
      List<String> fields = List.of(line.strip().split(" "));
      if (fields.size() == 2 && !fields.getFirst().equals("max")) {
        return Double.parseDouble(fields.getFirst()) / Double.parseDouble(fields.getLast());
      }
    }
    return Double.POSITIVE_INFINITY;
  }

  /** A quota of -1 is none. */
  private static double legacy(Path group) {
    List<String> quota = SystemFiles.lines(group.resolve("cpu.cfs_quota_us"));
    List<String> period = SystemFiles.lines(group.resolve("cpu.cfs_period_us"));
    return quota.isEmpty() || period.isEmpty() || quota.getFirst().startsWith("-")
        ? Double.POSITIVE_INFINITY
        : Double.parseDouble(quota.getFirst()) / Double.parseDouble(period.getFirst());
  }
}
