package dev.ridgepoint.bench.cli.learn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.bench.NamedModel;
import dev.ridgepoint.bench.cli.CommandRun;
import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.KvCacheFormat;
import dev.ridgepoint.estimator.format.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PagesTest {
  private static final Path FOLDER =
      Path.of("src/main/resources/dev/ridgepoint/bench/cli/learn/pages");

  private static final int MOST_LINES = 45;

  /** Years, and names that have digits. */
  private static final Pattern NAMES =
      Pattern.compile("\\b(19|20)[0-9]{2}\\b|\\b(F32|BF16|Q4_0|q4_0|GPT-3|16 bits)\\b|-V2\\b");

  private static final Pattern FORMULA_CONSTANT = Pattern.compile("(?<![0-9.])[012](?![0-9.])");

  @Test
  void everyFileIsAPageAndEveryPageAFile() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertEquals(
          files
              .map(file -> file.getFileName().toString().replace(".txt", ""))
              .collect(Collectors.toSet()),
          Pages.all().stream().map(Page::name).collect(Collectors.toSet()));
    }
  }

  @Test
  void pagesNameWhatThereIsAndAllOfIt() {
    Set<String> named = new TreeSet<>();
    Pages.all().forEach(page -> named.addAll(page.names()));
    assertEquals(
        new TreeSet<>(Figures.of(Settings.of("tiny", "H100")).names()),
        named,
        "figures, and names on pages");
  }

  @Test
  void noNumberIsTypedIn() {
    for (Page page : Pages.all()) {
      for (Page.Paragraph paragraph : page.paragraphs()) {
        for (String line : paragraph.lines()) {
          String rest = NAMES.matcher(line).replaceAll("");
          if (line.startsWith(" ")) {
            rest = FORMULA_CONSTANT.matcher(rest).replaceAll("");
          }
          assertFalse(rest.matches(".*[0-9].*"), page.name() + ": " + line);
        }
      }
    }
  }

  @Test
  void aliasesAreThoseOfOnePage() {
    Set<String> seen = new HashSet<>();
    for (Page page : Pages.all()) {
      assertTrue(seen.add(page.name()), page.name());
      page.aliases().forEach(alias -> assertTrue(seen.add(alias), alias));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tiny",
        "Qwen2.5-0.5B",
        "Llama-2-7B",
        "falcon-7b",
        "gpt2",
        "gemma-2-9b",
        "gemma-3-1b",
        "Mistral-7B-v0.1",
        "DeepSeek-V2-Lite",
        "DeepSeek-V3",
        "Mixtral-8x7B",
        "Qwen3-30B-A3B",
        "gpt-oss-20b",
        "Llama-3.1-405B",
        "Qwen3-Next-80B-A3B",
        "DeepSeek-V3.2"
      })
  void fillsATerminalOnAnyDevice(String model) {
    assertFills(Settings.of(model, "Raspberry Pi 5"));
    assertFills(Settings.measured(model));
  }

  static Stream<String> decoders() {
    return ModelCatalog.names().stream()
        .filter(name -> ModelCatalog.get(name).decoder().isPresent())
        .filter(name -> ModelCatalog.get(name).encoder().isEmpty());
  }

  /** Those of the catalogue, and some whose layers have no attention at all. */
  static Stream<Named<NamedModel>> models() {
    return Stream.concat(
            ModelCatalog.names().stream().map(name -> NamedModel.of(name, ModelCatalog.get(name))),
            Stream.of("mamba", "falcon_mamba", "mamba2").map(PagesTest::withoutAttention))
        .map(model -> Named.of(model.name(), model));
  }

  private static NamedModel withoutAttention(String modelType) {
    String config =
        """
        {"model_type": "%s", "vocab_size": 50280, "hidden_size": 768, "num_hidden_layers": 24,
         "state_size": 16, "num_heads": 24, "head_dim": 64}
        """
            .formatted(modelType);
    return NamedModel.of(modelType, ConfigReader.parse(modelType, config));
  }

  @ParameterizedTest
  @MethodSource("models")
  void fillsATerminalForEveryModel(NamedModel model) {
    assertFills(Settings.of(model, "RTX 4090"));
  }

  private static void assertFills(Setting setting) {
    Figures figures = Figures.of(setting);
    for (Page page : Pages.all()) {
      Optional<String> lacking = page.subject().lacking(setting);
      if (lacking.isPresent()) {
        assertTrue(lacking.get().length() <= Page.WIDTH, lacking.get());
        continue;
      }
      String text = page.render(figures);
      String where = page.name() + " of " + setting.model().name() + ":\n" + text;
      assertFalse(text.matches("(?s).*[{}\\[].*"), where);
      assertFalse(text.matches("(?s).*(NaN|Infinity|null).*"), where);
      assertTrue(text.lines().count() + ExplainCommand.HEAD_LINES <= MOST_LINES, where);
      text.lines().forEach(line -> assertTrue(line.length() <= Page.WIDTH, where));
      assertFalse(page.derivations(figures).stream().anyMatch(d -> d.source().isEmpty()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gqa, Llama-2-7B, as many key/value heads as query heads",
    "gqa, Qwen2.5-0.5B, '14 query heads share 2 key/value heads, 7 each'",
    "gqa, falcon-7b, all 71 query heads share one key/value head",
    "gqa, DeepSeek-V3, shares in another way",
    "kv-cache, DeepSeek-V3, 61 layers x (512 + 64) elements x 2 B = 70.3 kB",
    "kv-cache, Llama-2-7B, 32 layers x 2 x 32 heads x 128 elements x 2 B = 524 kB",
    "kv-cache, gemma-3-1b, Some layers look at a window only",
    "mla, DeepSeek-V3, DeepSeek-V3 makes keys and values of all 128 heads",
    "mla, Llama-2-7B, Llama-2-7B has no latent attention",
    "moe, Mixtral-8x7B, a router sends each token to 2 of 8 feed-forwards",
    "moe, Llama-2-7B, Llama-2-7B is dense",
    "sliding-window, gemma-3-1b, In 22 of the 26 layers of gemma-3-1b",
    "sliding-window, Llama-2-7B, No layer of Llama-2-7B has a window",
    "sliding-window, DeepSeek-V3.2, 'it chooses 2,048 positions for each token'",
    "kv-cache, Qwen3-Next-80B-A3B, 12 2 x 2 heads x 256 24.6 kB",
    "kv-cache, Qwen3-Next-80B-A3B, 36 none: a state instead 0 B",
    "kv-cache, DeepSeek-V3.2, '61 layers x (512 + 64, and 128 to choose by) elements x 2 B'",
    "kv-cache, gemma-4-31B, do not all keep the same",
    "gqa, Qwen3-Next-80B-A3B, So it is in 12 of the 48 layers",
    "mla, DeepSeek-V3.2, '128 elements by which the positions are chosen'",
    "batching, Llama-3.1-8B, sequences on arithmetic decides",
    "batching, Llama-2-7B, no batch makes decoding wait for arithmetic",
    "memory, Llama-3.1-405B, in which the model does not fit",
    "training, DeepSeek-V3, They are not known here for this architecture",
  })
  void saysWhatIsTrueOfTheModel(String page, String model, String expected) {
    String text = Pages.named(page).render(Figures.of(Settings.of(model, "RTX 4090")));
    assertTrue(text.replaceAll("\\s+", " ").contains(expected), text);
  }

  /** What the page of the cache says of the layers is what all of them take. */
  @ParameterizedTest
  @MethodSource("decoders")
  void theKindsOfLayersAddUpToTheCache(String model) {
    Architecture architecture = ModelCatalog.get(model);
    KvCacheFormat format = KvCacheFormat.of(Precision.BF16);
    List<CacheKind> kinds = CacheKind.all(architecture, format);
    assertEquals(
        format.bytesPerToken(architecture),
        kinds.stream().mapToLong(kind -> kind.layers() * kind.bytesPerToken()).sum());
    assertEquals(
        architecture.decoder().orElseThrow().layers().size(),
        kinds.stream().mapToInt(CacheKind::layers).sum());
  }

  @Test
  void aMeasuredMachineHasItsLevels() {
    String text = Pages.named("roofline").render(Figures.of(Settings.measured("tiny")));
    assertTrue(text.contains("230 GFLOP/s / 36.0 GB/s = 6.39 FLOP/B"), text);
    assertTrue(text.matches("(?s).*L1 +450 GB/s +0\\.511.*DRAM +36\\.0 GB/s +6\\.39.*"), text);
  }

  @Test
  void topicsAreFoundByOtherNames() {
    for (String name : List.of("quantization", "KV Cache", "kv_cache", "GQA", "Ridge-Point")) {
      assertTrue(CommandRun.of("explain", name).text().contains("Qwen2.5-0.5B"), name);
    }
    CommandRun.ofLine("explain bathcing").assertBadInput("the closest are batching");
    CommandRun.ofLine("explain batching --device H1000").assertBadInput("H1000");
    String list = CommandRun.of("explain").text();
    Pages.all().forEach(page -> assertTrue(list.contains("  " + page.name() + " "), list));
  }

  @Test
  void numbersAreDerivedWhereAsked() {
    String text = CommandRun.ofLine("explain kv-cache --explain").text();
    assertTrue(text.contains("\nKV cache per token = 12,288 B\n"), text);
    assertTrue(text.contains("source: "), text);
    assertFalse(CommandRun.ofLine("explain kv-cache").text().contains("source: "));
  }

  @ParameterizedTest
  @CsvSource({
    "bert-base-uncased, training",
    "t5-base, training",
    "mamba2, intensity roofline decode prefill batching moe quantisation speculative memory serving"
        + " training parallelism scaling-laws",
    "LFM2-1.2B, *",
    "tiny, *"
  })
  void saysWhyItSaysNothingOfAModel(String name, String topics) {
    Setting setting =
        Settings.of(
            name.equals("mamba2")
                ? withoutAttention(name)
                : NamedModel.of(name, ModelCatalog.get(name)),
            "H100");
    for (Page page : Pages.all()) {
      boolean isTold = topics.equals("*") || List.of(topics.split(" ")).contains(page.name());
      Optional<String> lacking = page.subject().lacking(setting);
      assertEquals(isTold, lacking.isEmpty(), page.name() + ": " + lacking);
    }
  }

  @Test
  void aPageOfWhatAModelIsNotSaysSo() {
    String text = CommandRun.ofLine("explain batching --model bert-base-uncased").text();
    assertTrue(text.contains("bert-base-uncased is no decoder alone"), text);
    assertEquals(3, text.lines().count(), text);
  }

  @Test
  void aPageThatNamesNothingIsRefused() {
    Figures figures = Figures.of(Settings.of("tiny", "H100"));
    Page unknown = Page.parse("x", "title: X\nalso: y\nabout: models\n\n{nothing}");
    assertThrows(IllegalArgumentException.class, () -> unknown.render(figures));
    Page condition = Page.parse("x", "title: X\nalso: y\nabout: models\n\n[if nothing]\ntext");
    assertThrows(IllegalArgumentException.class, () -> condition.render(figures));
    assertThrows(IllegalArgumentException.class, () -> Page.parse("x", "title: X\n\ntext"));
  }
}
