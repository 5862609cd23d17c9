package dev.ridgepoint.bench.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.cli.CommandRun;
import dev.ridgepoint.model.stories.Stories;
import dev.ridgepoint.model.stories.Stories.Part;
import dev.ridgepoint.model.tokenizer.EndTokens;
import dev.ridgepoint.model.tokenizer.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class PerplexityCommandTest {
  private static final String GGUF =
      Path.of("..", "src-test", "model", "resources", "logits/llama-gqa/model-f32.gguf").toString();
  private static final String TEXT = "one two three, one two three";

  @TempDir private Path folder;
  private String file;

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(folder.resolve("text.txt"), TEXT).toString();
  }

  private JsonNode figures(String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("perplexity", "--model", GGUF, "--file", file, "--json"));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new)).json();
  }

  /** By what {@code ridge logits} prints. */
  @Test
  void itIsThatOfTheLogits() {
    List<Integer> ids =
        CommandRun.of("tokenize", "--model", GGUF, TEXT, "--json")
            .json()
            .get("ids")
            .valueStream()
            .map(JsonNode::asInt)
            .toList();
    JsonNode logits =
        CommandRun.of(
                "logits",
                "--model",
                GGUF,
                "--tokens",
                ids.stream().map(String::valueOf).collect(Collectors.joining(",")),
                "--json")
            .json()
            .get("logits");
    double nats =
        IntStream.range(1, ids.size())
            .mapToDouble(
                i -> {
                  JsonNode row = logits.get(i - 1);
                  double sum =
                      row.valueStream().mapToDouble(each -> Math.exp(each.asDouble())).sum();
                  return Math.log(sum) - row.get(ids.get(i)).asDouble();
                })
            .sum();
    JsonNode figures = figures();
    assertEquals(ids.size() - 1, figures.get("tokens").asInt());
    assertEquals(nats / (ids.size() - 1), figures.get("natsPerToken").asDouble(), 1e-5);
    assertEquals(Math.exp(nats / (ids.size() - 1)), figures.get("perplexity").asDouble(), 1e-2);
  }

  @Test
  void windowsAndFormatsAreHeeded() {
    JsonNode figures = figures("--context", "8", "--stride", "3", "--dtype", "f16");
    assertEquals(8, figures.get("context").asInt());
    assertEquals(3, figures.get("stride").asInt());
    assertEquals("f16", figures.get("dtype").stringValue());
    String text = CommandRun.of("perplexity", "--model", GGUF, "--file", file).text();
    assertTrue(text.startsWith("perplexity "), text);
  }

  @Test
  void whatIsPipedInIsTheText() {
    assertEquals(
        figures().get("perplexity"),
        CommandRun.piped(TEXT, "perplexity", "--model", GGUF, "--json").json().get("perplexity"));
  }

  @Test
  void foretellsStoriesEachByItself() {
    JsonNode one = CommandRun.ofLine("perplexity --json --stories 1 --model " + GGUF).json();
    JsonNode two = CommandRun.ofLine("perplexity --json --stories 2 --model " + GGUF).json();
    assertTrue(two.get("tokens").asLong() > one.get("tokens").asLong(), two.toString());
    String first = Stories.of(Part.HELD_OUT, 1).findFirst().orElseThrow();
    int[] ids = TokenizerFiles.read(Path.of(GGUF)).encode(first, true, false);
    int end = EndTokens.read(Path.of(GGUF), TokenizerFiles.read(Path.of(GGUF)).vocabulary()).size();
    int all = ids.length + Math.min(end, 1);
    // Nothing foretells the first of each window.
    int windows = Math.ceilDiv(all, one.get("context").asInt());
    assertEquals(all - windows, one.get("tokens").asInt());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "--file FILE#--model: is missing",
        "--model MODEL --file no-such#no-such",
        "--model MODEL --file FILE --context 1#--context",
        "--model MODEL --file FILE --context 8 --stride 9#--stride",
        "--model MODEL --file EMPTY#--file",
        "--model MODEL#--file: is missing",
        "--model MODEL --file FILE --stories 1#--stories: cannot be given beside",
        "--model MODEL --stories 0#--stories",
      })
  void badInputIsNamed(String arguments, String problem) throws IOException {
    String empty = Files.writeString(folder.resolve("empty.txt"), "").toString();
    CommandRun.ofLine(
            "perplexity "
                + arguments.replace("MODEL", GGUF).replace("FILE", file).replace("EMPTY", empty))
        .assertBadInput(problem);
  }
}
