package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.text.Units;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Why the points sit where they sit, in the reader's own numbers. Plain text; every sentence is
 * made from the report, and left out where the report has nothing to make it from.
 */
final class Explanation {

  /** A heading and the paragraphs below it. */
  record Section(String title, List<String> paragraphs) {}

  private final Report report;
  private final Panel panel;

  private Explanation(Report report) {
    this.report = report;
    this.panel = report.panels().getFirst();
  }

  /** The machine, decode and prefill: the sections that read the chart. */
  static List<Section> of(Report report) {
    Explanation explanation = new Explanation(report);
    List<Section> sections = new ArrayList<>();
    sections.add(new Section("What this machine can do", List.of(explanation.machineText())));
    explanation
        .panel
        .decode()
        .ifPresent(
            p ->
                sections.add(
                    new Section("Why decode sits where it sits", explanation.decodeTexts(p))));
    explanation
        .panel
        .prefill()
        .ifPresent(
            p ->
                sections.add(
                    new Section("Why prefill sits where it sits", explanation.prefillTexts(p))));
    explanation
        .threadsText()
        .ifPresent(text -> sections.add(new Section("What more threads bring", List.of(text))));
    return sections;
  }

  private String machineText() {
    double peak = panel.peakFlopsPerSecond();
    double bandwidth = panel.memory().bytesPerSecond();
    return ("On %s this machine can do %s, but its %s delivers %s. To keep the arithmetic "
            + "busy, every byte that arrives must be used for %s / %s = %s FLOPs: that is the "
            + "ridge point. Work with fewer FLOPs per byte waits for memory, however good its "
            + "kernel; work with more waits for arithmetic.")
        .formatted(
            Units.count(panel.threads(), "thread"),
            Units.flopsPerSecond(peak),
            panel.memory().text(),
            Units.bytesPerSecond(bandwidth),
            Units.flopsPerSecond(peak).replace("/s", ""),
            Units.bytesPerSecond(bandwidth).replace("/s", ""),
            Units.significant(peak / bandwidth));
  }

  private List<String> decodeTexts(Point point) {
    List<String> texts = new ArrayList<>();
    int batch = point.measured().batch();
    String subject =
        batch == 1
            ? "One decoded token"
            : "One decode step of batch %s, a token for each of %s sequences,"
                .formatted(batch, batch);
    texts.add(
        ("%s reads %s of weights and moves %s of cached keys and values and %s of "
                + "activations, to do %s: %s FLOPs per byte. %s")
            .formatted(
                subject,
                Units.bytes(point.weightBytes()),
                Units.bytes(point.kvBytes()),
                Units.bytes(point.bytes() - point.weightBytes() - point.kvBytes()),
                Units.flops(point.flops()),
                Units.significant(point.intensity()),
                verdict(point)));
    batchText(point).ifPresent(texts::add);
    contextText(point).ifPresent(texts::add);
    return texts;
  }

  private Optional<String> batchText(Point one) {
    Optional<Point> larger =
        decodes()
            .filter(p -> p.measured().context() == one.measured().context())
            .max(Comparator.comparingInt(p -> p.measured().batch()))
            .filter(p -> p.measured().batch() > one.measured().batch());
    return larger.map(
        many ->
            ("Batch %s reads the same weights for %s tokens: %s times the FLOPs for %s "
                    + "times the bytes, so the intensity rises from %s to %s FLOPs per byte, and "
                    + "throughput from %s to %s (%s). %s")
                .formatted(
                    many.measured().batch(),
                    many.measured().batch(),
                    Units.trimmed((double) many.flops() / one.flops()),
                    Units.trimmed((double) many.bytes() / one.bytes()),
                    Units.significant(one.intensity()),
                    Units.significant(many.intensity()),
                    Units.significant(one.tokensPerSecond()),
                    Units.tokensPerSecond(many.tokensPerSecond()),
                    Units.times(many.tokensPerSecond() / one.tokensPerSecond()),
                    crossing(one, many)));
  }

  /**
   * At which batch decode crosses the ridge point R. With f FLOPs and k bytes per sequence and W
   * bytes of weights, b f / (W + b k) = R gives b = R W / (f - R k).
   */
  private static String crossing(Point one, Point many) {
    if (!many.isMemoryBound()) {
      return "That is right of the ridge point: such a batch waits for arithmetic, as prefill"
          + " does.";
    }
    double sequences = one.measured().batch();
    double flops = one.flops() / sequences;
    double bytes = (one.bytes() - one.weightBytes()) / sequences;
    double room = flops - one.roofline().ridgePoint() * bytes;
    if (room <= 0) {
      return "No batch would cross the ridge point at this context, since each sequence brings its"
          + " own keys, values and activations.";
    }
    double crossing = Math.ceil(one.roofline().ridgePoint() * one.weightBytes() / room);
    return "It is still left of the ridge point, which a batch of about %s would cross."
        .formatted(Units.trimmed(crossing));
  }

  private Optional<String> contextText(Point near) {
    Optional<Point> farther =
        decodes()
            .filter(p -> p.measured().batch() == near.measured().batch())
            .max(Comparator.comparingInt(p -> p.measured().context()))
            .filter(p -> p.measured().context() > near.measured().context());
    return farther.map(
        far ->
            ("With %s cached instead of %s, a step moves %s of keys and values instead of "
                    + "%s: %s of its bytes. The best possible falls from %s to %s; measured, %s "
                    + "becomes %s.")
                .formatted(
                    Units.count(far.measured().context(), "token"),
                    Units.trimmed(near.measured().context()),
                    Units.bytes(far.kvBytes()),
                    Units.bytes(near.kvBytes()),
                    Units.percent((double) far.kvBytes() / far.bytes()),
                    Units.significant(best(near)),
                    Units.tokensPerSecond(best(far)),
                    Units.significant(near.tokensPerSecond()),
                    Units.tokensPerSecond(far.tokensPerSecond())));
  }

  private List<String> prefillTexts(Point point) {
    List<String> texts = new ArrayList<>();
    texts.add(
        ("Prefill of %s reads the weights once for all of them: %s over %s of weights, "
                + "keys, values and activations is %s FLOPs per byte. %s")
            .formatted(
                Units.count(point.measured().newTokens(), "token"),
                Units.flops(point.flops()),
                Units.bytes(point.bytes()),
                Units.significant(point.intensity()),
                verdict(point)));
    Optional<Point> shorter =
        panel.points(Phase.PREFILL).stream()
            .min(Comparator.comparingInt(p -> p.measured().newTokens()))
            .filter(p -> p.measured().newTokens() < point.measured().newTokens());
    shorter.ifPresent(
        p ->
            texts.add(
                ("A prompt of %s shares each weight among fewer tokens: %s FLOPs per "
                        + "byte, %s the ridge point, and %s or %s of its roof.")
                    .formatted(
                        Units.count(p.measured().newTokens(), "token"),
                        Units.significant(p.intensity()),
                        p.isMemoryBound() ? "left of" : "still right of",
                        Units.tokensPerSecond(p.tokensPerSecond()),
                        Units.percent(p.fractionOfRoof()))));
    return texts;
  }

  private String verdict(Point point) {
    boolean memory = point.isMemoryBound();
    double distance =
        memory
            ? point.roofline().ridgePoint() / point.intensity()
            : point.intensity() / point.roofline().ridgePoint();
    String where =
        memory
            ? "The ridge point asks for %s times as many, so %s decides: at %s"
                .formatted(
                    Units.significant(distance),
                    point.memory().isCache() ? "the " + point.memory().text() : "memory",
                    Units.bytesPerSecond(point.roofline().bytesPerSecond()))
            : "That is %s times the ridge point, so arithmetic decides: at %s"
                .formatted(
                    Units.significant(distance),
                    Units.flopsPerSecond(point.roofline().peakFlopsPerSecond()));
    String remedy =
        memory
            ? "Faster arithmetic would not help; fewer bytes per weight, or more tokens per reading"
                + " of the weights, would."
            : "More bandwidth would not help; more or better used FLOP/s would.";
    return "%s the best possible is %s. Measured: %s, %s of it%s%s. %s"
        .formatted(
            where,
            Units.tokensPerSecond(best(point)),
            Units.tokensPerSecond(point.tokensPerSecond()),
            Units.percent(point.fractionOfRoof()),
            point.isAboveRoof() ? ", which cannot be: see the warning" : "",
            point.metSlowMemory()
                ? "; memory was slow just then, and the step got %s of what plain reads got"
                    .formatted(Units.percent(point.fractionOfReads()))
                : "",
            remedy);
  }

  private Optional<String> threadsText() {
    return report.panels().stream()
        .filter(p -> p.threads() < panel.threads())
        .min(Comparator.comparingInt(Panel::threads))
        .map(
            few -> {
              List<String> gains = new ArrayList<>();
              gains.add(
                  "the FMA peak grows "
                      + Units.times(panel.peakFlopsPerSecond() / few.peakFlopsPerSecond()));
              gains.add(
                  "the bandwidth "
                      + Units.times(
                          panel.memory().bytesPerSecond() / few.memory().bytesPerSecond()));
              for (Point point : panel.points()) {
                boolean main =
                    panel.decode().filter(point::equals).isPresent()
                        || panel.prefill().filter(point::equals).isPresent();
                if (main) {
                  few.points().stream()
                      .filter(p -> p.shape().equals(point.shape()) && p.phase() == point.phase())
                      .forEach(
                          p ->
                              gains.add(
                                  "%s (%s) %s"
                                      .formatted(
                                          p.phase().label(),
                                          p.shape(),
                                          Units.times(
                                              point.tokensPerSecond() / p.tokensPerSecond()))));
                }
              }
              return "From %s to %s, %s."
                  .formatted(Units.count(few.threads(), "thread"), panel.threads(), listed(gains));
            });
  }

  private Stream<Point> decodes() {
    return panel.points(Phase.DECODE).stream();
  }

  /** Tokens per second on the roof. */
  private static double best(Point point) {
    return point.tokensPerSecond() / point.fractionOfRoof();
  }

  private static String listed(List<String> parts) {
    int last = parts.size() - 1;
    return last == 0
        ? parts.getFirst()
        : String.join(", ", parts.subList(0, last)) + " and " + parts.get(last);
  }
}
