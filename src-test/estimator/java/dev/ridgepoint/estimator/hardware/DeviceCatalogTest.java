package dev.ridgepoint.estimator.hardware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.hardware.Machine.Bandwidth;
import dev.ridgepoint.estimator.hardware.Machine.Peak;
import dev.ridgepoint.estimator.input.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceCatalogTest {
  private static final String OWN =
      """
      {"name": "mine", "kind": "gpu", "peakFlopsPerSecond": {"F32": 1e12, "F16": 2e12},
       "memoryMiB": 4096, "memoryBytesPerSecond": 1e11, "source": "its box",
       "cloudPricePerHour": {"dollars": 0.5, "asOf": "2026-01-31", "source": "a friend"}}\
      """;

  @TempDir private Path folder;

  @Test
  void allCanBeReadAndFoundByTheirNames() {
    List<Device> all = DeviceCatalog.all();
    assertTrue(all.size() >= 51, all.size() + " devices");
    Set<String> names = new HashSet<>();
    for (Device device : all) {
      assertTrue(names.add(device.name()));
      assertEquals(device, DeviceCatalog.named(device.name()));
      assertTrue(device.confidence().isPresent(), device.name());
      // A processor's F32 peak is at least that of one core, its ridge between 2 and 1000 FLOP/B.
      double ridge =
          device.roofline(device.peakFlopsPerSecond().keySet().iterator().next()).ridgePoint();
      assertTrue(ridge > 2 && ridge < 1000, device.name() + " " + ridge);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "H100, H100 SXM5 80GB",
    "h100-sxm, H100 SXM5 80GB",
    "a100, A100 SXM4 80GB",
    "A100 40GB, A100 SXM4 40GB",
    "NVIDIA GeForce RTX 4090, RTX 4090",
    "apple m4 pro, Apple M4 Pro (20c)",
    "Raspberry Pi 5, Raspberry Pi 5 (BCM2712)",
  })
  void aliasesNameOneDevice(String alias, String name) {
    assertEquals(name, DeviceCatalog.named(alias).name());
  }

  @Test
  void anUnknownNameBringsTheClosest() {
    InvalidInputException refusal =
        assertThrows(InvalidInputException.class, () -> DeviceCatalog.named("H10O"));
    assertTrue(
        refusal.getMessage().startsWith("device: \"H10O\" is not known; the closest are H100"),
        refusal.getMessage());
    assertEquals(1, refusal.getMessage().lines().count());
  }

  // The datasheet's numbers without sparsity: half of what it prints for matrix units.
  @Test
  void h100() {
    Device h100 = DeviceCatalog.named("H100");
    assertEquals(Device.Kind.GPU, h100.kind());
    assertEquals(989.4e12, h100.roofline(ComputeDtype.BF16).peakFlopsPerSecond());
    assertEquals(1978.9e12, h100.peakFlopsPerSecond().get(ComputeDtype.FP8));
    assertEquals(66.9e12, h100.peakFlopsPerSecond().get(ComputeDtype.F32));
    assertEquals(3.35e12, h100.memoryBytesPerSecond());
    assertEquals(295.3, h100.roofline(ComputeDtype.F16).ridgePoint(), 0.05);
    // 900 GB/s are both directions together.
    assertEquals(OptionalDouble.of(450e9), h100.linkBytesPerSecond());
    // It reports 81,559 MiB, of which the driver takes about one GiB.
    assertEquals(OptionalLong.of((81_559L - 1024) << 20), h100.memoryBytes());
    assertEquals(0.803, h100.matmulEfficiency(ComputeDtype.BF16).orElseThrow(), 0.0005);
    assertEquals(OptionalDouble.empty(), h100.matmulEfficiency(ComputeDtype.FP8));
    assertEquals(LocalDate.of(2026, 11, 20), h100.cloudPricePerHour().orElseThrow().asOf());
  }

  @Test
  void whatIsUnknownIsAbsent() {
    Device m1 = DeviceCatalog.named("M1");
    assertTrue(
        m1.watts().isEmpty() && m1.listPrice().isEmpty() && m1.linkBytesPerSecond().isEmpty());
    assertFalse(m1.peakFlopsPerSecond().containsKey(ComputeDtype.BF16));
    assertEquals(
        "V100 SXM2 32GB: has no known peak of BF16; known are F32, F16, INT8",
        assertThrows(
                InvalidInputException.class,
                () -> DeviceCatalog.named("V100").roofline(ComputeDtype.BF16))
            .getMessage());
    assertEquals(OptionalLong.empty(), DeviceCatalog.named("Graviton3").memoryBytes());
  }

  @Test
  void readsAnOwnDevice() throws IOException {
    Device own = DeviceCatalog.read(file(OWN));
    assertEquals("mine", own.name());
    assertEquals(20, own.roofline(ComputeDtype.F16).ridgePoint());
    assertEquals(OptionalLong.of(3L << 30), own.memoryBytes());
    assertEquals(0.5, own.cloudPricePerHour().orElseThrow().dollars());
    Device shared = DeviceCatalog.read(file(OWN.replace("4096", "4096, \"isMemoryShared\": true")));
    assertEquals(OptionalLong.of(3L << 30), shared.memoryBytes());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"gpu\" | \"toaster\" | kind must be one of GPU, ACCELERATOR, CPU, but is \"toaster\"",
        "\"kind\": \"gpu\", | '' | kind is missing",
        "1e12 | 0 | peakFlopsPerSecond.F32 must lie in 1e+03..1e+24, but is 0.0",
        "1e12 | 1e999 | peakFlopsPerSecond.F32 must lie in 1e+03..1e+24, but is Infinity",
        "1e12 | \"1e12\" | peakFlopsPerSecond.F32 must be a number, but is \"1e12\"",
        "F32 | F33 | peakFlopsPerSecond.F33 is not supported",
        "1e11 | -1 | memoryBytesPerSecond must lie in 1e+03..1e+24, but is -1.0",
        "4096 | 0 | memoryMiB must lie in 1..1073741824, but is 0",
        "4096 | 1024 | memoryMiB must exceed the 1024 that the driver takes, but is 1024",
        "0.5 | 0 | cloudPricePerHour.dollars must be positive, but is 0.0",
        "2026-01-31 | May | cloudPricePerHour.asOf must be a date such as 2026-11-20, but is"
            + " \"May\"",
        "\"source\": \"its | \"sauce\": \"its | sauce is not supported",
      })
  void refusesWithOneLine(String text, String replacement, String message) throws IOException {
    Path file = file(OWN.replace(text, replacement));
    InvalidInputException refusal =
        assertThrows(InvalidInputException.class, () -> DeviceCatalog.read(file));
    assertEquals(file + ": " + message, refusal.getMessage());
  }

  @Test
  void aMeasuredMachineIsADevice() {
    Machine machine =
        new Machine(
            "some CPU",
            2,
            512,
            8L << 30,
            List.of(new Peak("F32", 1, 200e9, 190e9), new Peak("F32", 2, 400e9, 380e9)),
            List.of(
                new Bandwidth(1, "DRAM", 1 << 30, 15e9, 14e9),
                new Bandwidth(2, "L1", 1 << 15, 900e9, 800e9),
                new Bandwidth(2, "DRAM", 1 << 30, 25e9, 24e9)));
    Device local = Device.of(machine);
    assertEquals(new Roofline(400e9, 25e9), local.roofline(ComputeDtype.F32));
    assertEquals(OptionalLong.of(8L << 30), local.memoryBytes());
    assertEquals(Device.Kind.CPU, local.kind());
    assertEquals("measured, 2 threads", local.source());
  }

  private Path file(String json) throws IOException {
    return Files.writeString(folder.resolve("device.json"), json);
  }
}
