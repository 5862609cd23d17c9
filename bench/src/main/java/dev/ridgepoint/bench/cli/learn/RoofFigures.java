package dev.ridgepoint.bench.cli.learn;

import static dev.ridgepoint.bench.cli.learn.Tables.cell;

import dev.ridgepoint.bench.text.Cell;
import dev.ridgepoint.bench.text.Format;
import dev.ridgepoint.bench.text.Table;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.hardware.Machine;
import dev.ridgepoint.estimator.hardware.Roofline;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The device: its roofs, and where they meet. */
final class RoofFigures {
  private static final List<Double> INTENSITIES = List.of(0.25, 1.0, 4.0, 16.0, 64.0, 256.0);

  private RoofFigures() {}

  static void addTo(Figures figures, Setting setting) {
    Roofline roofline = setting.roofline();
    figures.put("model", Format.TEXT, () -> setting.model().name());
    figures.put("peak", Format.FLOPS_PER_SECOND, roofline::peakFlopsPerSecond);
    figures.put("bandwidth", Format.BYTES_PER_SECOND, roofline::bytesPerSecond);
    figures.derive("ridgePoint", Format.NUMBER, () -> ridgePoint(setting));
    figures.table(
        "roofTable", () -> Tables.of(INTENSITIES, intensity -> roof(roofline, intensity)));
    figures.when("isMeasured", () -> setting.target().local().isPresent());
    figures.table("levelTable", () -> levels(setting));
  }

  static Derivation ridgePoint(Setting setting) {
    Roofline roofline = setting.roofline();
    Map<String, Number> inputs = new LinkedHashMap<>();
    inputs.put("peak", roofline.peakFlopsPerSecond());
    inputs.put("bandwidth", roofline.bytesPerSecond());
    return new Derivation(
        "ridge point",
        roofline.ridgePoint(),
        "FLOP/B",
        "peak / bandwidth",
        inputs,
        List.of(),
        "Williams et al. 2009, doi:10.1145/1498765.1498785; roofs: "
            + setting.target().device().source());
  }

  private static List<Cell> roof(Roofline roofline, double intensity) {
    double attainable = roofline.attainableFlopsPerSecond(intensity);
    return List.of(
        cell("FLOP/B", Format.NUMBER, intensity),
        cell("FLOP/s at most", Format.FLOPS_PER_SECOND, attainable),
        cell("of the peak", Format.SHARE, attainable / roofline.peakFlopsPerSecond()),
        cell("bound by", Format.TEXT, intensity < roofline.ridgePoint() ? "memory" : "arithmetic"));
  }

  private static Table levels(Setting setting) {
    Machine machine = setting.target().local().orElseThrow().machine();
    return Tables.of(
        machine.levels(),
        level -> {
          Roofline roofline =
              machine.roofline(
                  setting.target().computeDtype().name(), machine.mostThreads(), level);
          return List.of(
              cell("data in", Format.TEXT, level),
              cell("bandwidth", Format.BYTES_PER_SECOND, roofline.bytesPerSecond()),
              cell("ridge point, FLOP/B", Format.NUMBER, roofline.ridgePoint()));
        });
  }
}
