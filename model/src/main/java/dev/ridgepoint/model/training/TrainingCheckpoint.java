package dev.ridgepoint.model.training;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.optimizers.Optimizer;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.ModelExport;
import dev.ridgepoint.model.checkpoint.CheckpointFolder;
import dev.ridgepoint.model.checkpoint.ExportedWeight;
import dev.ridgepoint.model.checkpoint.RunFolder;
import dev.ridgepoint.model.checkpoint.SafetensorsWriter;
import dev.ridgepoint.model.checkpoint.TensorFile;
import dev.ridgepoint.model.checkpoint.TensorInfo;
import dev.ridgepoint.model.checkpoint.TensorSpec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a run has come to: a Hugging Face folder of the model, {@code step-00000100}, and beside it
 * the optimizer's states, {@code step-00000100.optimizer}, a safetensors file for each kind. The
 * model is written last and appears at once: where its folder is, all is.
 *
 * @param folder of the run
 * @param step steps that were made
 */
public record TrainingCheckpoint(Path folder, long step) {
  /** The model's folder. */
  public Path model() {
    return RunFolder.model(folder, step);
  }

  private Path states() {
    return folder.resolve(model().getFileName() + ".optimizer");
  }

  private Path states(String kind) {
    return states().resolve(kind + ".safetensors");
  }

  /** The last one of a run, if it has any. */
  public static Optional<TrainingCheckpoint> last(Path folder) {
    return newestFirst(folder).stream().findFirst();
  }

  private static List<TrainingCheckpoint> newestFirst(Path folder) {
    return RunFolder.steps(folder).stream()
        .map(step -> new TrainingCheckpoint(folder, step))
        .toList();
  }

  /**
   * Deletes all of a run but the newest.
   *
   * @param kept how many are left
   * @throws IOException if one cannot be deleted
   */
  public static void deleteOlder(Path folder, int kept) throws IOException {
    List<TrainingCheckpoint> all = newestFirst(folder);
    for (TrainingCheckpoint old : all.subList(Math.min(kept, all.size()), all.size())) {
      old.delete();
    }
  }

  /** At once under its name: what is left if the process ends meanwhile is no checkpoint. */
  private void delete() throws IOException {
    Path hidden = folder.resolve("." + model().getFileName() + ".deleted");
    CheckpointFolder.delete(hidden);
    Files.move(model(), hidden);
    CheckpointFolder.delete(hidden);
    CheckpointFolder.delete(states());
  }

  /**
   * Writes it.
   *
   * @param tokenizer a folder whose tokenizer goes with the model; without one it gets one of bytes
   * @throws InvalidInputException if there is no room, or the family has no such folders
   * @throws IOException if writing fails
   */
  public void write(
      Architecture architecture, TrainingProgram program, Optional<Path> tokenizer, Workers workers)
      throws IOException {
    List<TensorSpec> specs = List.copyOf(program.weights().tensors().keySet());
    Map<String, List<ExportedWeight>> kinds = new TreeMap<>();
    for (Optimizer.State state : program.optimizer().states()) {
      kinds
          .computeIfAbsent(state.name(), any -> new ArrayList<>())
          .add(exported(specs.get(state.parameter()), state));
    }
    for (Map.Entry<String, List<ExportedWeight>> kind : kinds.entrySet()) {
      SafetensorsWriter.write(states(kind.getKey()), kind.getValue(), workers, (done, of) -> {});
    }
    new ModelExport(architecture, program.weights(), DType.F32, tokenizer)
        .write(model(), workers, (done, of) -> {});
  }

  private static ExportedWeight exported(TensorSpec of, Optimizer.State state) {
    List<Long> shape = new ArrayList<>();
    for (int size : state.tensor().shape()) {
      shape.add((long) size);
    }
    TensorSpec spec =
        new TensorSpec(of.role(), of.part(), of.owner(), of.expert(), of.layer(), shape);
    return new ExportedWeight(
        spec,
        DType.F32,
        shape.size() == 2
            ? state.tensor().rowSource()
            : (row, target, offset) -> target[offset] = state.tensor().get(row));
  }

  /**
   * Reads the optimizer's states back; the weights are those of the {@linkplain #model model}.
   *
   * @throws InvalidInputException if a file is missing or has other tensors
   */
  public void restore(TrainingProgram program) {
    List<TensorSpec> specs = List.copyOf(program.weights().tensors().keySet());
    for (Optimizer.State state : program.optimizer().states()) {
      Path path = states(state.name());
      String name = specs.get(state.parameter()).name();
      try (TensorFile file = TensorFile.open(path)) {
        TensorInfo info = file.header().tensors().get(name);
        if (info == null || info.byteSize() != state.tensor().byteSize()) {
          throw new InvalidInputException(
              path.toString(),
              String.format(
                  Locale.ROOT, "has no tensor %s of %d bytes", name, state.tensor().byteSize()));
        }
        MemorySegment.copy(
            file.tensor(info).segment(), 0, state.tensor().segment(), 0, state.tensor().byteSize());
      }
    }
    program.optimizer().resume(step);
  }
}
