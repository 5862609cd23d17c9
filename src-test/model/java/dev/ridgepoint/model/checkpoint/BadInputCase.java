package dev.ridgepoint.model.checkpoint;

import dev.ridgepoint.model.TestResources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One input of {@code bad/cases.json}, and what a good loader makes of it.
 *
 * @param id its name
 * @param format {@code st}, one file whose config is given apart, {@code gguf}, one file, or {@code
 *     hfdir}, a folder
 * @param file where it is, under {@code bad/}
 * @param expect {@code accept}, {@code reject}, or {@code either}
 * @param what what is wrong with it
 */
public record BadInputCase(String id, String format, String file, String expect, String what) {

  /** All cases that {@code expect} this. */
  public static Stream<BadInputCase> all(String expect) {
    return JsonMapper.shared()
        .readTree(TestResources.path("bad/cases.json").toFile())
        .valueStream()
        .map(
            node ->
                new BadInputCase(
                    text(node, "id"),
                    text(node, "format"),
                    text(node, "file"),
                    text(node, "expect"),
                    text(node, "what")))
        .filter(badInput -> badInput.expect().equals(expect));
  }

  /** The case as something to open; a single file is copied into {@code folder} with its config. */
  public Path prepare(Path folder) throws IOException {
    Path original = TestResources.path("bad").resolve(file);
    if (!format.equals("st")) {
      return original;
    }
    Files.writeString(folder.resolve("config.json"), expected().get("config").toString());
    return Files.copy(original, folder.resolve(original.getFileName()));
  }

  /** Whether a tensor of weights holds NaN. */
  public boolean isNotANumber() {
    return id.equals("nan-inf-weights") || id.equals("m-nan-weights");
  }

  /** The key of the message for a refusal. */
  String messageKey() {
    return format.equals("gguf") ? "gguf." + id : id;
  }

  /**
   * What every accepted case must compute: {@code input_ids}, {@code base_logits_last} and {@code
   * base_argmax}; {@code config-tied-and-head} and {@code ok-tied} compute {@code
   * tied_logits_last}.
   */
  public static JsonNode expected() {
    return JsonMapper.shared().readTree(TestResources.path("bad/ok_expected.json").toFile());
  }

  private static String text(JsonNode node, String field) {
    return node.get(field).stringValue();
  }

  @Override
  public String toString() {
    return format + " " + id + ": " + what;
  }
}
