package dev.ridgepoint.bench.cli.learn;

import dev.ridgepoint.bench.ModelSource;
import dev.ridgepoint.bench.cli.options.DeviceOptions;
import dev.ridgepoint.bench.cli.options.Output;
import dev.ridgepoint.bench.cli.options.TargetDevice;
import dev.ridgepoint.bench.text.DerivationText;
import dev.ridgepoint.bench.text.TextTables;
import dev.ridgepoint.bench.text.Units;
import dev.ridgepoint.bench.text.WrappedText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A page on a topic, with the numbers of a model on a device. */
@Command(
    name = "explain",
    description = {
      "Explains a topic in the numbers of this machine and a model; without TOPIC, lists them.",
      "Where this machine was not measured, a catalogued device stands for it."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class ExplainCommand implements Runnable {
  /** What stands for a machine that was not measured. */
  private static final String STAND_IN = "RTX 4090";

  /** Lines that stand before a page: its title, and the setting with an empty line around it. */
  static final int HEAD_LINES = 4;

  @Parameters(
      paramLabel = "TOPIC",
      arity = "0..1",
      description = "Such as intensity, kv-cache or batching.")
  private String topic;

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      defaultValue = "Qwen2.5-0.5B",
      description =
          "A known model's name, or what 'ridge estimate' reads (default: ${DEFAULT-VALUE}).")
  private String model;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description =
          "A device of 'ridge devices', a JSON file that describes one, or 'local' (default: this"
              + " machine if 'ridge machine' measured it, or else "
              + STAND_IN
              + ").")
  private String device;

  @Option(
      names = "--explain",
      description = "Say of each number the formula, what was put in, its terms and its source.")
  private boolean explain;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    Output.print(spec, topic == null ? list() : page(Pages.named(topic)));
  }

  private static String list() {
    List<List<String>> rows =
        Pages.all().stream().map(page -> List.of(page.name(), page.title())).toList();
    return "ridge explain TOPIC, in the order in which to read them:\n\n  "
        + String.join("\n  ", TextTables.aligned(rows, column -> false));
  }

  private String page(Page page) {
    Optional<TargetDevice> measured =
        device == null ? DeviceOptions.measuredHere() : Optional.empty();
    Setting setting =
        new Setting(
            ModelSource.named(model),
            measured.orElseGet(() -> DeviceOptions.target(device == null ? STAND_IN : device)));
    Optional<String> lacking = page.subject().lacking(setting);
    if (lacking.isPresent()) {
      return page.title() + "\n\n" + lacking.get();
    }
    Figures figures = Figures.of(setting);
    List<String> blocks = new ArrayList<>();
    blocks.add(page.title() + "\n" + head(setting, device == null && measured.isEmpty()));
    blocks.add(page.render(figures));
    if (explain) {
      page.derivations(figures)
          .forEach(derivation -> blocks.add(DerivationText.render(derivation)));
    }
    return String.join("\n", blocks);
  }

  private static String head(Setting setting, boolean isStandIn) {
    TargetDevice target = setting.target();
    String source =
        target.local().isPresent()
            ? "measured by 'ridge machine'"
            : isStandIn ? "a datasheet's, until 'ridge machine' measures yours" : "its datasheet's";
    String text =
        "%s, weights in %s, on %s: %s in %s, %s; %s."
            .formatted(
                setting.model().name(),
                setting.weights().name(),
                target.device().name(),
                Units.flopsPerSecond(setting.roofline().peakFlopsPerSecond()),
                target.computeDtype().name().toLowerCase(Locale.ROOT),
                Units.bytesPerSecond(setting.roofline().bytesPerSecond()),
                source);
    return String.join("\n", WrappedText.lines(text, Page.WIDTH)) + "\n";
  }
}
