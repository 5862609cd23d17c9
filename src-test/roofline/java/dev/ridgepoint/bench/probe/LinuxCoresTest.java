package dev.ridgepoint.bench.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On trees of files as Linux has them. */
class LinuxCoresTest {
  @TempDir private Path root;

  @Test
  void knowsNothingWithoutProc() {
    assertEquals(Optional.empty(), LinuxCores.read(root));
  }

  @Test
  void hyperthreadsOfACoreAreOne() throws IOException {
    hyperthreads(4);
    assertEquals("4 cores", allowed("0-7"));
    assertEquals("1 core", allowed("1,5"));
    assertEquals("2 cores", allowed("1,2,5"));
    assertEquals("1 core", allowed("7"));
  }

  @Test
  void olderKernelsCallThemThreadSiblings() throws IOException {
    write("sys/devices/system/cpu/cpu0/topology/thread_siblings_list", "0-1");
    write("sys/devices/system/cpu/cpu1/topology/thread_siblings_list", "0-1");
    assertEquals("1 core", allowed("0-1"));
  }

  @Test
  void withoutATopologyEveryProcessorIsACore() throws IOException {
    assertEquals("3 cores", allowed("0,2-3"));
  }

  /** Two cores of two hyperthreads: caches of their own on two levels, one that both share. */
  @Test
  void cachesAreCountedOnceForWhoSharesThem() throws IOException {
    for (int i = 0; i < 4; i++) {
      String core = i / 2 * 2 + "-" + (i / 2 * 2 + 1);
      cache(i, 0, 1, "Data", "32K", core);
      cache(i, 1, 1, "Instruction", "32K", core);
      cache(i, 2, 2, "Unified", "512K", core);
      cache(i, 3, 3, "Unified", "32768K", "0-3");
    }
    allowed("0-3");
    assertEquals(
        List.of(new Cache(1, 32 << 10, 2), new Cache(2, 512 << 10, 2), new Cache(3, 32 << 20, 1)),
        LinuxCores.caches(root));
    allowed("0-1");
    assertEquals(new Cache(2, 512 << 10, 1), LinuxCores.caches(root).get(1));
  }

  private void cache(int cpu, int index, int level, String type, String size, String shared)
      throws IOException {
    String folder = "sys/devices/system/cpu/cpu" + cpu + "/cache/index" + index + "/";
    write(folder + "level", Integer.toString(level));
    write(folder + "type", type);
    write(folder + "size", size);
    write(folder + "shared_cpu_list", shared);
  }

  /** Intel: 2 performance cores of two hyperthreads, then 4 efficiency cores. */
  @Test
  void intelHasCoresOfTwoKinds() throws IOException {
    for (int i = 0; i < 4; i++) {
      write(topology(i), i / 2 * 2 + "-" + (i / 2 * 2 + 1));
    }
    write("sys/devices/cpu_core/cpus", "0-3");
    write("sys/devices/cpu_atom/cpus", "4-7");
    assertEquals("2 performance and 4 efficiency cores", allowed("0-7"));
    assertEquals("1 performance and 1 efficiency cores", allowed("2-4"));
    assertEquals("2 efficiency cores", allowed("6-7"));
    assertEquals("1 performance core", allowed("0-1"));
  }

  /** Arm: what has less than the full capacity is an efficiency core. */
  @Test
  void armHasCoresOfSeveralCapacities() throws IOException {
    write("sys/devices/system/cpu/present", "0-5");
    int[] capacities = {300, 300, 300, 750, 750, 1024};
    for (int i = 0; i < capacities.length; i++) {
      write("sys/devices/system/cpu/cpu" + i + "/cpu_capacity", "" + capacities[i]);
    }
    assertEquals("1 performance and 5 efficiency cores", allowed("0-5"));
    assertEquals("3 efficiency cores", allowed("0-2"));
  }

  @Test
  void equalCapacitiesAreOneKind() throws IOException {
    write("sys/devices/system/cpu/present", "0-1");
    write("sys/devices/system/cpu/cpu0/cpu_capacity", "1024");
    write("sys/devices/system/cpu/cpu1/cpu_capacity", "1024");
    assertEquals("2 cores", allowed("0-1"));
  }

  @ParameterizedTest
  @CsvSource({
    "max 100000, 4 cores",
    "150000 100000, '1 core, limited to 1.5 CPUs'",
    "50000 100000, '1 core, limited to 0.5 CPUs'",
    "300000 100000, '3 cores, limited to 3 CPUs'",
    "800000 100000, '4 cores, limited to 8 CPUs'"
  })
  void aLimitOfTimeLimitsTheThreads(String max, String expected) throws IOException {
    hyperthreads(4);
    write("proc/self/cgroup", "0::/");
    write("sys/fs/cgroup/cpu.max", max);
    assertEquals(expected, allowed("0-7"));
  }

  @Test
  void theTightestOfTheGroupsCounts() throws IOException {
    hyperthreads(4);
    write("proc/self/cgroup", "0::/outer/inner");
    write("sys/fs/cgroup/outer/cpu.max", "200000 100000");
    write("sys/fs/cgroup/outer/inner/cpu.max", "300000 100000");
    assertEquals("2 cores, limited to 2 CPUs", allowed("0-7"));
  }

  @Test
  void groupsOfTheFirstVersionLimitToo() throws IOException {
    hyperthreads(4);
    write("proc/self/cgroup", "3:memory:/\n2:cpu,cpuacct:/docker/abc\n0::/");
    write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "250000");
    write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000");
    assertEquals("2 cores, limited to 2.5 CPUs", allowed("0-7"));
    write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1");
    assertEquals("4 cores", allowed("0-7"));
  }

  @Test
  void aShareOfTheCoresIsSaidSo() {
    assertEquals(
        "3 of 2 performance and 4 efficiency cores, limited to 3.5 CPUs",
        Cores.of(6, Cores.performanceAndEfficiency(2, 4), 3.5).text());
    assertEquals(List.of(), Cores.alike(2).kinds());
  }

  /** Core i has the processors i and i + cores. */
  private void hyperthreads(int cores) throws IOException {
    for (int i = 0; i < cores; i++) {
      write(topology(i), i + "," + (i + cores));
      write(topology(i + cores), i + "," + (i + cores));
    }
  }

  private static String topology(int processor) {
    return "sys/devices/system/cpu/cpu" + processor + "/topology/core_cpus_list";
  }

  private String allowed(String list) throws IOException {
    write("proc/self/status", "Name:\tjava\nCpus_allowed:\tff\nCpus_allowed_list:\t" + list);
    return LinuxCores.read(root).orElseThrow().text();
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text + "\n");
  }
}
