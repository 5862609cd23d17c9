package dev.ridgepoint.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import dev.ridgepoint.model.stories.Stories;
import dev.ridgepoint.model.stories.Stories.Part;
import dev.ridgepoint.model.tokenizer.BytePairTrainer;
import dev.ridgepoint.model.tokenizer.EndTokens;
import dev.ridgepoint.model.tokenizer.Tokenizer;
import dev.ridgepoint.model.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a folder's tokenizer in a GGUF file. */
class ExportedTokenizerTest {
  @TempDir private Path folder;

  /** The model has 320 tokens: as many as the tokenizer, or more, which stand for nothing. */
  @ParameterizedTest
  @ValueSource(ints = {320, 300})
  void aTrainedOneGoesWithTheModel(int size) throws IOException {
    BytePairTrainer trainer = new BytePairTrainer();
    Stories.of(Part.TRAINING, 1).limit(30).forEach(trainer::add);
    trainer.train(size).write(folder);
    Tokenizer original = TokenizerFiles.read(folder);
    Path file = export();
    Tokenizer exported = TokenizerFiles.read(file);
    assertEquals(320, exported.vocabulary().size());
    for (String text : Stories.of(Part.HELD_OUT, 1).limit(3).toList()) {
      int[] ids = original.encode(text, true, true);
      assertArrayEquals(ids, exported.encode(text, true, true));
      assertEquals(text, exported.decode(ids, false));
    }
    assertEquals(Set.of(1), EndTokens.read(file, exported.vocabulary()));
  }

  /** One that does not fit the model is not the model's. */
  @Test
  void oneWithMoreTokensThanTheModelIsLeftOut() throws IOException {
    BytePairTrainer trainer = new BytePairTrainer();
    Stories.of(Part.TRAINING, 1).limit(30).forEach(trainer::add);
    trainer.train(321).write(folder);
    Tokenizer bytes = TokenizerFiles.read(export());
    assertEquals("<0x00>", bytes.vocabulary().piece(3).orElseThrow());
  }

  /** From a folder to a GGUF file and to a folder again. */
  @Test
  void aTrainedOneComesBack() throws IOException {
    BytePairTrainer trainer = new BytePairTrainer();
    Stories.of(Part.TRAINING, 1).limit(30).forEach(trainer::add);
    trainer.train(320).write(folder);
    Path back = folder.resolve("back");
    assertEquals(Optional.empty(), exportFolder(export(), back));
    Tokenizer original = TokenizerFiles.read(folder);
    Tokenizer read = TokenizerFiles.read(back);
    for (String text : Stories.of(Part.HELD_OUT, 1).limit(3).toList()) {
      int[] ids = original.encode(text, true, true);
      assertArrayEquals(ids, read.encode(text, true, true));
      assertEquals(text, read.decode(ids, false));
    }
    assertEquals(Set.of(1), EndTokens.read(back, read.vocabulary()));
  }

  private static Optional<String> exportFolder(Path gguf, Path target) throws IOException {
    try (Workers workers = new Workers(2);
        Checkpoint checkpoint = Checkpoint.open(gguf)) {
      return new ModelExport(
              checkpoint.architecture(),
              new CheckpointWeights(checkpoint),
              DType.F32,
              Optional.of(checkpoint.origin()))
          .write(target, workers, (done, total) -> {});
    }
  }

  private Path export() throws IOException {
    Path file = folder.resolve("model.gguf");
    try (Workers workers = new Workers(2);
        Checkpoint checkpoint = Checkpoint.open(TestResources.path("logits/llama-gqa/hf-f32"))) {
      new ModelExport(
              checkpoint.architecture(),
              new CheckpointWeights(checkpoint),
              DType.F32,
              Optional.of(folder))
          .write(file, workers, (done, total) -> {});
    }
    return file;
  }
}
