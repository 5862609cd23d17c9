package dev.ridgepoint.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.model.tokenizer.Tokenizer;
import dev.ridgepoint.model.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stories, and the tokenizer that is learnt from them. */
class StoriesCommandTest {
  @TempDir private Path folder;

  @Test
  void writesStoriesThatAreTheSameForASeed() throws IOException {
    String three = run("stories", "--count", "3", "--seed", "5").text();
    assertEquals(3, three.split("\n\n").length);
    Path file = folder.resolve("stories.txt");
    run("stories", "--count", "3", "--seed", "5", "--out", file.toString());
    assertEquals(three, Files.readString(file));
    assertTrue(three.startsWith(run("stories", "--seed", "5").text()));
    assertFalse(three.contains(run("stories", "--seed", "5", "--held-out").text()));
  }

  @Test
  void aTokenizerIsLearntFromThem() {
    Path file = folder.resolve("stories.txt");
    run("stories", "--count", "200", "--out", file.toString());
    String to = folder.toString();
    CommandRun trained = run("train-tokenizer", file.toString(), "--vocab", "700", "--to", to);
    assertTrue(trained.err().contains("700 tokens"), trained.err());
    Tokenizer tokenizer = TokenizerFiles.read(folder);
    assertEquals(700, tokenizer.vocabulary().size());
    assertEquals(5, tokenizer.encode("Once upon a time", true, true).length);
  }

  @Test
  void refusesAVocabularyWithoutBytes() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), "a");
    run("train-tokenizer", file.toString(), "--vocab", "257", "--to", folder.toString())
        .assertBadInput("vocabulary size: 257");
  }

  private static CommandRun run(String... arguments) {
    return CommandRun.of(arguments);
  }
}
