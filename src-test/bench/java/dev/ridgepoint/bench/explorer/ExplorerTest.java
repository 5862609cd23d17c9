package dev.ridgepoint.bench.explorer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.EngineMemory;
import dev.ridgepoint.bench.explorer.Runner.Basis;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.hardware.Device;
import dev.ridgepoint.estimator.hardware.DeviceCatalog;
import dev.ridgepoint.estimator.hardware.Machine;
import dev.ridgepoint.estimator.inference.MemoryEstimate;
import dev.ridgepoint.estimator.operation.Cost;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.Kernel;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import dev.ridgepoint.estimator.time.BoundTime;
import dev.ridgepoint.estimator.time.DatasheetTime;
import dev.ridgepoint.estimator.time.KernelCalibration;
import dev.ridgepoint.estimator.time.PredictedTime;
import dev.ridgepoint.estimator.time.Prediction;
import dev.ridgepoint.estimator.time.Predictor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ExplorerTest {
  private static final Precision Q8_0 = Precision.named("test", "Q8_0");
  private static final DataFormats MEASURED = new DataFormats(Q8_0, Precision.F32);

  /** Less than the longest contexts of large batches need. */
  private static final long MEMORY_BYTES = 2_000_000;

  private static final Architecture SMALL = architecture(64);

  private static final Machine MACHINE =
      new Machine(
          "a processor",
          2,
          256,
          MEMORY_BYTES,
          List.of(new Machine.Peak("F32", 1, 60e9, 55e9), new Machine.Peak("F32", 2, 110e9, 99e9)),
          List.of(
              new Machine.Bandwidth(1, "DRAM", 1 << 30, 10e9, 9e9),
              new Machine.Bandwidth(2, "DRAM", 1 << 30, 18e9, 17e9)));

  private static final Stops STOPS =
      Stops.of(512, List.of(3), List.of(100), List.of(7), List.of(1, 2));

  private static final KernelCalibration KERNELS = kernels();

  private static final Explorer EXPLORER =
      Explorer.of(MACHINE, KERNELS, "F32", SMALL, MEASURED, STOPS);

  @Test
  void thisMachinesCellsAreThePredictors() {
    assertEquals(2 * 4, EXPLORER.machine().size());
    for (Runner runner : EXPLORER.machine()) {
      Runner.Setup setup = runner.setup();
      int threads = setup.threads().getAsInt();
      Predictor predictor = new Predictor(MACHINE, KERNELS, "F32", threads, SMALL, setup.formats());
      assertEquals(MACHINE.roofline("F32", threads), setup.roofline());
      forEachCell(
          runner,
          (cell, step, positions) -> {
            Prediction prediction = predictor.step(step);
            assertEquals(prediction.cost().flops(), cell.flops());
            assertEquals(prediction.cost().bytes(), cell.bytes());
            assertEquals(prediction.cost().arithmeticIntensity(), cell.intensity());
            assertEquals(prediction.boundSeconds(), cell.boundSeconds());
            assertEquals(
                prediction.calibratedSeconds().orElse(prediction.boundSeconds()),
                cell.predictedSeconds());
            assertEquals(fits(setup.formats(), step, positions, MEMORY_BYTES), cell.fits());
          });
    }
  }

  @Test
  void aFormatIsCalibratedWhereItsKernelsWereTimed() {
    for (Runner runner : EXPLORER.machine()) {
      boolean isTimed = runner.setup().formats().weights().name().equals("Q8_0");
      assertEquals(isTimed ? Basis.KERNELS : Basis.BOUND, runner.setup().decodeBasis());
      assertEquals(isTimed ? Basis.KERNELS : Basis.BOUND, runner.setup().prefillBasis());
      forEachCell(
          runner,
          (cell, step, positions) ->
              assertEquals(!isTimed, cell.predictedSeconds() == cell.boundSeconds()));
    }
  }

  @Test
  void whatDoesNotFitIsMarked() {
    List<Boolean> fits = new ArrayList<>();
    forEachCell(EXPLORER.machine().getFirst(), (cell, step, positions) -> fits.add(cell.fits()));
    assertTrue(fits.contains(true) && fits.contains(false), fits.toString());
  }

  @Test
  void theDevicesCellsAreTheDatasheets() {
    assertEquals(8 * 4, EXPLORER.devices().size());
    for (Runner runner : EXPLORER.devices()) {
      Runner.Setup setup = runner.setup();
      Device device = DeviceCatalog.named(setup.name());
      Precision vectors = device.kind() == Device.Kind.CPU ? Precision.F32 : Precision.BF16;
      assertEquals(vectors, setup.formats().kvCache());
      assertEquals(device.roofline(device.usualDtype()), setup.roofline());
      forEachCell(
          runner,
          (cell, step, positions) -> {
            ForwardOptions options =
                ForwardOptions.of(setup.formats(), step).withActivations(vectors);
            Cost cost = OperationList.total(OperationList.of(SMALL, options, step));
            assertEquals(cost.flops(), cell.flops());
            assertEquals(cost.bytes(), cell.bytes());
            assertEquals(setup.roofline().boundSeconds(cost), cell.boundSeconds());
            assertTrue(cell.fits());
          });
      Step step = Step.decode(2, 128);
      ForwardOptions options = ForwardOptions.of(setup.formats(), step).withActivations(vectors);
      PredictedTime bound =
          new BoundTime(setup.roofline()).predict(OperationList.of(SMALL, options, step), step);
      assertEquals(
          new DatasheetTime(device, device.usualDtype(), SMALL, options)
              .decode(step, bound)
              .time()
              .seconds(),
          runner.decode().get(1).get(STOPS.contexts().indexOf(128)).predictedSeconds());
      runner.prefill().forEach(cell -> assertEquals(cell.boundSeconds(), cell.predictedSeconds()));
    }
  }

  @Test
  void weightsThatNoDeviceHoldsAreNotPredicted() {
    // Of a memory that is shared the datasheet's formula knows no host that could help.
    Architecture huge = architecture(65_536);
    Explorer explorer = Explorer.of(MACHINE, KERNELS, "F32", huge, MEASURED, STOPS);
    for (Runner runner : explorer.devices()) {
      forEachCell(
          runner,
          (cell, step, positions) -> {
            if (!cell.fits()) {
              assertEquals(cell.boundSeconds(), cell.predictedSeconds());
            }
          });
    }
    assertFalse(
        explorer.devices().stream()
            .filter(runner -> runner.setup().name().startsWith("Apple M4 (10c)"))
            .anyMatch(runner -> runner.decode().getFirst().getFirst().fits()));
  }

  @Test
  void flopsAreTheSameWhateverRunsTheStep() {
    Runner first = EXPLORER.machine().getFirst();
    List<Runner> all = new ArrayList<>(EXPLORER.machine());
    all.addAll(EXPLORER.devices());
    for (Runner runner : all) {
      assertEquals(flops(first), flops(runner));
    }
  }

  /** Brute force: one batch, one prompt after the other. */
  @Test
  void batchesAndPromptsTurnComputeBoundWhereTheIntensityReachesTheRidge() {
    List<Runner> some = new ArrayList<>(EXPLORER.machine());
    some.add(EXPLORER.devices().getFirst());
    some.add(EXPLORER.devices().getLast());
    int found = 0;
    for (Runner runner : some) {
      for (int i = 0; i < STOPS.contexts().size(); i++) {
        OptionalInt batch = OptionalInt.empty();
        for (int b = 1; b <= Explorer.MAX_CROSSING_BATCH && batch.isEmpty(); b += step(b)) {
          if (isComputeBound(runner, Step.decode(b, STOPS.contexts().get(i)))) {
            batch = OptionalInt.of(b);
          }
        }
        OptionalInt said = runner.computeBoundBatches().get(i);
        assertEquals(batch.isPresent(), said.isPresent());
        if (said.isPresent()) {
          found++;
          assertTrue(said.getAsInt() <= batch.getAsInt());
          assertTrue(isComputeBound(runner, Step.decode(said.getAsInt(), STOPS.contexts().get(i))));
          assertFalse(
              said.getAsInt() > 1
                  && isComputeBound(
                      runner, Step.decode(said.getAsInt() - 1, STOPS.contexts().get(i))));
        }
      }
      OptionalInt prompt = OptionalInt.empty();
      for (int p = 1; p <= 512 && prompt.isEmpty(); p++) {
        if (isComputeBound(runner, Step.prefill(p))) {
          prompt = OptionalInt.of(p);
        }
      }
      assertEquals(prompt, runner.computeBoundPrompt());
    }
    assertTrue(found > 0);
  }

  /** All of the small batches, every 512th of the large ones, the largest among them. */
  private static int step(int batch) {
    return batch < 64 ? 1 : 512 - batch % 512;
  }

  @Test
  void formatsWhoseBlocksDoNotDivideTheRowsAreLeftOut() {
    Architecture odd = architecture(40);
    DataFormats bf16 = new DataFormats(Precision.BF16, Precision.F32);
    assertEquals(
        List.of("F32", "BF16"),
        Explorer.of(MACHINE, KERNELS, "F32", odd, bf16, STOPS).machine().stream()
            .filter(runner -> runner.setup().threads().getAsInt() == 1)
            .map(runner -> runner.setup().formats().weights().name())
            .toList());
  }

  @Test
  void theMeasuredFormatIsAlwaysAmongThem() {
    DataFormats f16 = new DataFormats(Precision.named("test", "F16"), Precision.F32);
    assertTrue(
        Explorer.of(MACHINE, KERNELS, "F32", SMALL, f16, STOPS).machine().stream()
            .anyMatch(runner -> runner.setup().formats().equals(f16)));
  }

  private static boolean isComputeBound(Runner runner, Step step) {
    Precision activations =
        runner.setup().threads().isPresent()
            ? Precision.F32
            : DeviceCatalog.named(runner.setup().name()).usualVectors();
    ForwardOptions options =
        ForwardOptions.of(runner.setup().formats(), step).withActivations(activations);
    Cost cost = OperationList.total(OperationList.of(SMALL, options, step));
    return cost.arithmeticIntensity() >= runner.setup().roofline().ridgePoint();
  }

  private static boolean fits(DataFormats formats, Step step, int positions, long memory) {
    return MemoryEstimate.of(SMALL, formats, step, positions, EngineMemory.POOLED).totalBytes()
        <= memory;
  }

  private static List<Long> flops(Runner runner) {
    List<Long> flops = new ArrayList<>();
    forEachCell(runner, (cell, step, positions) -> flops.add(cell.flops()));
    return flops;
  }

  private interface CellCheck {
    void check(Cell cell, Step step, int positions);
  }

  /** Each cell with its step, and the positions of a sequence after it. */
  private static void forEachCell(Runner runner, CellCheck check) {
    for (int b = 0; b < STOPS.batches().size(); b++) {
      for (int c = 0; c < STOPS.contexts().size(); c++) {
        int context = STOPS.contexts().get(c);
        Step step = Step.decode(STOPS.batches().get(b), context);
        check.check(runner.decode().get(b).get(c), step, context + 1);
      }
    }
    for (int p = 0; p < STOPS.prompts().size(); p++) {
      int prompt = STOPS.prompts().get(p);
      check.check(runner.prefill().get(p), Step.prefill(prompt), prompt);
    }
  }

  private static Architecture architecture(int hidden) {
    return ConfigReader.parse(
        "small",
        String.format(
            Locale.ROOT,
            """
            {"model_type": "llama", "vocab_size": 320, "hidden_size": %d,
             "intermediate_size": %d, "num_hidden_layers": 2, "num_attention_heads": 4,
             "num_key_value_heads": 2, "head_dim": 16, "max_position_embeddings": 512,
             "tie_word_embeddings": true}
            """,
            hidden,
            4 * hidden));
  }

  private static KernelCalibration kernels() {
    List<KernelCalibration.Sample> samples = new ArrayList<>();
    List<KernelCalibration.Dispatch> dispatches = new ArrayList<>();
    for (int threads = 1; threads <= 2; threads++) {
      for (Kernel kernel : Kernel.values()) {
        String format = kernel == Kernel.LINEAR ? "Q8_0" : "F32";
        for (int rows : new int[] {1, 32}) {
          samples.add(
              new KernelCalibration.Sample(
                  kernel, format, threads, rows, 0, 1000L * rows, 4000, 1e-5 * rows));
        }
      }
      dispatches.add(new KernelCalibration.Dispatch(threads, 1e-6));
    }
    return new KernelCalibration(samples, dispatches);
  }
}
