package dev.ridgepoint.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ridgepoint.bench.JvmRun;
import dev.ridgepoint.bench.report.ReportJson;
import dev.ridgepoint.bench.report.SampleReports;
import dev.ridgepoint.bench.report.TerminalTable;
import dev.ridgepoint.bench.report.page.Page;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Arabic, Persian and Marathi write numbers in digits of their own; this program does not. */
class ForeignDigitsTest {
  private static final String MODEL =
      "../src-test/model/resources/logits/qwen2-bias/model-f32.gguf";

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "fa-IR", "mr-IN"})
  void everyTextIsTheSame(String tag) {
    assertSame(tag, () -> CommandRun.ofLine("estimate Llama-3.1-8B --device H100 --json").text());
    assertSame(
        tag,
        () ->
            CommandRun.ofLine("estimate gpt2 --params --flops --bytes --memory --train --explain")
                .text());
    assertSame(tag, () -> CommandRun.ofLine("estimate gpt2 --prompt 0").err());
    assertSame(
        tag,
        () ->
            CommandRun.ofLine(
                    "plan serve Llama-3.1-8B --rps 10 --prompt 1000 --output 250 --ttft 1 --tpot 1")
                .text());
    assertSame(tag, () -> CommandRun.ofLine("scaling --compute 1e21 --markdown").text());
    assertSame(tag, () -> CommandRun.ofLine("devices --csv").text());
    assertSame(tag, () -> ReportJson.render(SampleReports.typical()));
    assertSame(tag, () -> Page.render(SampleReports.typical()));
    assertSame(tag, () -> TerminalTable.render(SampleReports.typical(), true));
  }

  private static void assertSame(String tag, Supplier<String> text) {
    Locale before = Locale.getDefault(Locale.Category.FORMAT);
    try {
      Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
      String expected = text.get();
      Locale.setDefault(Locale.Category.FORMAT, Locale.forLanguageTag(tag));
      assertEquals(expected, text.get());
    } finally {
      Locale.setDefault(Locale.Category.FORMAT, before);
    }
  }

  /** In a JVM whose own program knows nothing of it. */
  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "fa-IR", "mr-IN"})
  void aDecoderRuns(String tag) throws IOException {
    JvmRun.of(
            "dev.ridgepoint.bench.memory.InferenceProcess",
            locale(tag),
            Map.of(),
            "tiny",
            "BF16",
            "1")
        .text();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "fa-IR", "mr-IN"})
  void theProgramPrintsTheSame(String tag) throws IOException {
    assertEquals(
        CommandRun.of("logits", "--model", MODEL, "--tokens", "1,2").text(),
        JvmRun.of(
                Ridge.class.getName(),
                locale(tag),
                Map.of(),
                "logits",
                "--model",
                MODEL,
                "--tokens",
                "1,2")
            .text());
  }

  private static List<String> locale(String tag) {
    Locale locale = Locale.forLanguageTag(tag);
    return List.of(
        "-Duser.language=" + locale.getLanguage(), "-Duser.country=" + locale.getCountry());
  }
}
