package dev.ridgepoint.bench.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.bench.probe.Ceilings.Bandwidth;
import dev.ridgepoint.bench.probe.Ceilings.Peak;
import dev.ridgepoint.estimator.hardware.Machine;
import dev.ridgepoint.estimator.input.StrictJson;
import dev.ridgepoint.estimator.operation.Kernel;
import dev.ridgepoint.estimator.time.KernelCalibration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class MachineStoreTest {
  private static final Host HOST = host("25.0.3");

  @TempDir private Path folder;

  @Test
  void findsTheSameMachineOnly() throws IOException {
    MachineStore store = new MachineStore(folder);
    assertEquals(Optional.empty(), store.find(HOST, Effort.QUICK));
    ProbedMachine machine = new ProbedMachine(HOST, Effort.QUICK, ceilings());
    store.put(machine);
    assertEquals(Optional.of(machine), store.find(HOST, Effort.QUICK));
    assertEquals(Optional.empty(), store.find(host("25.0.4"), Effort.QUICK));
    assertEquals(Optional.empty(), store.find(HOST, Effort.FULL));
  }

  /** The launcher counts on paper in a JVM without vectors, which is no host that was measured. */
  @Test
  void whatWasMeasuredOnThisSystemIsShownByAnyJvm() throws IOException {
    Host here = Host.current();
    store(here, here.operatingSystem(), here.logicalProcessors());
    assertEquals(here.cpu(), new MachineStore(folder).measuredHere().orElseThrow().machine().cpu());
    store(here, here.operatingSystem() + "x", here.logicalProcessors());
    assertEquals(Optional.empty(), new MachineStore(folder).measuredHere());
    store(here, here.operatingSystem(), here.logicalProcessors() + 1);
    assertEquals(Optional.empty(), new MachineStore(folder).measuredHere());
  }

  private void store(Host here, String operatingSystem, int processors) throws IOException {
    new MachineStore(folder)
        .put(
            new ProbedMachine(
                new Host(
                    here.cpu(),
                    here.cores(),
                    processors,
                    here.memoryBytes(),
                    List.of(),
                    64,
                    "another JDK",
                    operatingSystem,
                    List.of("-Xanother")),
                Effort.BRIEF,
                ceilings()));
  }

  @Test
  void aDamagedFileCountsAsAbsent() throws IOException {
    MachineStore store = new MachineStore(folder);
    store.put(new ProbedMachine(HOST, Effort.QUICK, ceilings()));
    Path file = folder.resolve("measurements/machine.json");
    String text = Files.readString(file);
    Files.writeString(file, text.substring(0, text.length() / 2));
    assertEquals(Optional.empty(), store.find(HOST, Effort.QUICK));
    Files.writeString(file, "{}");
    assertEquals(Optional.empty(), store.find(HOST, Effort.QUICK));
  }

  @Test
  void theEstimatorReadsWhatIsWritten() throws IOException {
    ProbedMachine probed = new ProbedMachine(HOST, Effort.QUICK, ceilings());
    new MachineStore(folder).put(probed);
    Machine machine = Machine.read(folder.resolve("machine.json"));
    assertEquals(probed.machine(), machine);
    assertEquals(List.of("L1", "L2", "DRAM"), machine.levels());
    assertEquals(200e9, machine.roofline("F32", 1).peakFlopsPerSecond());
    assertEquals(15e9, machine.roofline("F32", 1).bytesPerSecond());
    assertEquals(150e9, machine.roofline("F32", 1, "L2").bytesPerSecond());
  }

  @Test
  void kernelsStayBesideTheirMachineUntilTheyAreTimedAgain() throws IOException {
    MachineStore store = new MachineStore(folder);
    ProbedMachine probed = new ProbedMachine(HOST, Effort.QUICK, ceilings());
    store.put(probed);
    assertEquals(KernelCalibration.NONE, store.measured(HOST).orElseThrow().calibration());
    store.put(HOST, new MeasuredMachine(probed.machine(), kernel("BF16", 1e-3)));
    store.put(HOST, new MeasuredMachine(probed.machine(), kernel("Q8_0", 2e-3)));
    store.put(HOST, new MeasuredMachine(probed.machine(), kernel("BF16", 3e-3)));
    store.put(probed);
    KernelCalibration known = kernel("Q8_0", 2e-3).and(kernel("BF16", 3e-3));
    assertEquals(Optional.of(new MeasuredMachine(probed.machine(), known)), store.measured(HOST));
    assertEquals(Optional.empty(), store.measured(host("25.0.4")));
    store.put(new ProbedMachine(host("25.0.4"), Effort.QUICK, ceilings()));
    assertEquals(
        KernelCalibration.NONE, store.measured(host("25.0.4")).orElseThrow().calibration());
  }

  @Test
  void aMachineWithoutKernelsOrDamagedIsRead() throws IOException {
    MachineStore store = new MachineStore(folder);
    ProbedMachine probed = new ProbedMachine(HOST, Effort.QUICK, ceilings());
    store.put(probed);
    Path file = folder.resolve("machine.json");
    Files.writeString(file, StrictJson.write(probed.machine()));
    assertEquals(
        Optional.of(new MeasuredMachine(probed.machine(), KernelCalibration.NONE)),
        store.measured(HOST));
    Files.writeString(file, "{\"calibration\": {}}");
    assertEquals(Optional.empty(), store.measured(HOST));
  }

  private static KernelCalibration kernel(String format, double seconds) {
    return new KernelCalibration(
        List.of(new KernelCalibration.Sample(Kernel.LINEAR, format, 1, 1, 0, 200, 100, seconds)),
        List.of(new KernelCalibration.Dispatch(1, 2e-6)));
  }

  @Test
  void slotsStayBesideTheirMachine() throws IOException {
    MachineStore store = new MachineStore(folder);
    ProbedMachine probed = new ProbedMachine(HOST, Effort.QUICK, ceilings());
    store.put(probed);
    store.put(HOST, new MeasuredMachine(probed.machine(), kernel("BF16", 1e-3)));
    JsonNode json = JsonMapper.shared().readTree(folder.resolve("machine.json"));
    assertEquals(3.1, json.at("/instructionSlots/perCycle/median").asDouble());
    assertEquals(3.6e9, json.at("/instructionSlots/cyclesPerSecond").asDouble());
    assertEquals(probed.machine(), Machine.read(folder.resolve("machine.json")));
  }

  @Test
  void aMachineThatWasProbedBeforeSlotsWereIsStillKnown() throws IOException {
    MachineStore store = new MachineStore(folder);
    store.put(new ProbedMachine(HOST, Effort.QUICK, ceilings()));
    store.put(
        HOST,
        new MeasuredMachine(
            store.find(HOST, Effort.QUICK).orElseThrow().machine(), kernel("BF16", 1e-3)));
    Path samples = folder.resolve("measurements/machine.json");
    ObjectNode older = (ObjectNode) JsonMapper.shared().readTree(samples);
    ((ObjectNode) older.get("ceilings")).remove("slots");
    Files.writeString(samples, older.toString());
    assertEquals(Optional.empty(), store.find(HOST, Effort.QUICK).orElseThrow().ceilings().slots());
    assertEquals(kernel("BF16", 1e-3), store.measured(HOST).orElseThrow().calibration());
    ((ObjectNode) older.get("ceilings")).remove("peaks");
    Files.writeString(samples, older.toString());
    assertEquals(Optional.empty(), store.find(HOST, Effort.QUICK));
  }

  private static Ceilings ceilings() {
    return new Ceilings(
        List.of(new Peak(1, Spread.of(190e9, 198e9, 200e9))),
        List.of(
            read(16L << 10, 400e9),
            read(32L << 10, 390e9),
            read(256L << 10, 150e9),
            read(1L << 20, 148e9),
            read(4L << 20, 60e9),
            read(512L << 20, 16e9),
            read(1L << 30, 15e9)),
        Optional.of(new InstructionSlots(Spread.of(2.5, 3.1, 5.9), 3.6e9)),
        List.of("a note"));
  }

  private static Bandwidth read(long workingSetBytes, double bytesPerSecond) {
    return new Bandwidth(
        1, workingSetBytes, Spread.of(0.9 * bytesPerSecond, 0.95 * bytesPerSecond, bytesPerSecond));
  }

  private static Host host(String jdk) {
    Cores cores = Cores.of(2, List.of(new Cores.Kind("performance", 2)), 3.5);
    return new Host(
        "cpu", cores, 4, 16L << 30, List.of(), 512, jdk, "os", List.of("--add-modules=x"));
  }
}
