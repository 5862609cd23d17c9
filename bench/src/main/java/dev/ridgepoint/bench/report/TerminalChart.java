package dev.ridgepoint.bench.report;

import dev.ridgepoint.bench.text.Units;
import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * The roofline in a terminal: the roof as a line, the points by their numbers in the table below.
 * Both axes are logarithmic.
 */
final class TerminalChart {
  private static final int COLUMNS = 72;
  private static final int ROWS = 14;
  private static final int MARGIN = 13;
  private static final char EMPTY_BRAILLE = '\u2800';

  /** Bits of a braille character's dots, by row and column. */
  private static final int[][] DOTS = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};

  private final Panel panel;
  private final boolean braille;
  private final char[][] cells = new char[ROWS][COLUMNS];
  private final Axis x;
  private final Axis y;

  /** A logarithmic axis: {@code at} is 0 at its start and 1 at its end. */
  private record Axis(double start, double end) {
    static Axis around(DoubleStream values) {
      double[] all = values.toArray();
      double least = Arrays.stream(all).min().orElseThrow();
      return new Axis(least / 1.5, Arrays.stream(all).max().orElseThrow() * 1.25);
    }

    double at(double value) {
      return Math.log(value / start) / Math.log(end / start);
    }

    double value(double at) {
      return start * Math.pow(end / start, at);
    }
  }

  private TerminalChart(Panel panel, boolean braille) {
    this.panel = panel;
    this.braille = braille;
    double ridge = panel.roofline().ridgePoint();
    x =
        Axis.around(
            DoubleStream.concat(
                panel.points().stream().mapToDouble(Point::intensity),
                DoubleStream.of(ridge / 4, ridge * 4)));
    y =
        Axis.around(
            DoubleStream.concat(
                panel.points().stream().mapToDouble(Point::flopsPerSecond),
                DoubleStream.of(panel.peakFlopsPerSecond())));
    for (char[] row : cells) {
      Arrays.fill(row, ' ');
    }
  }

  /**
   * The chart, lines separated by \n.
   *
   * @param unicode whether the terminal shows braille; if not, the line is of slashes and dashes
   */
  static String render(Panel panel, boolean unicode) {
    TerminalChart chart = new TerminalChart(panel, unicode);
    chart.roof();
    panel.points().forEach(chart::point);
    return chart.text();
  }

  private void roof() {
    int wide = braille ? 2 : 1;
    int high = braille ? 4 : 1;
    for (int column = 0; column < COLUMNS * wide; column++) {
      double intensity = x.value((column + 0.5) / (COLUMNS * wide));
      double height = y.at(panel.roofline().attainableFlopsPerSecond(intensity));
      int row = (int) Math.floor((1 - height) * ROWS * high);
      if (row >= 0 && row < ROWS * high) {
        char[] cell = cells[row / high];
        if (braille) {
          int dots = cell[column / wide] == ' ' ? EMPTY_BRAILLE : cell[column / wide];
          cell[column / wide] = (char) (dots | DOTS[row % high][column % wide]);
        } else {
          cell[column] = intensity < panel.roofline().ridgePoint() ? '/' : '-';
        }
      }
    }
  }

  /** Its number, moved right if another's is there. */
  private void point(Point point) {
    String number = Integer.toString(point.number());
    int row = clamp((1 - y.at(point.flopsPerSecond())) * ROWS, ROWS);
    int column = clamp(x.at(point.intensity()) * COLUMNS, COLUMNS - number.length());
    while (column < COLUMNS - number.length() && Character.isDigit(cells[row][column])) {
      column += 2;
    }
    for (int i = 0; i < number.length() && column + i < COLUMNS; i++) {
      cells[row][column + i] = number.charAt(i);
    }
  }

  private String text() {
    String[] labels = new String[ROWS];
    Arrays.fill(labels, "");
    double peak = panel.peakFlopsPerSecond();
    labels[clamp((1 - y.at(peak)) * ROWS, ROWS)] = Units.flopsPerSecond(peak);
    labels[ROWS - 1] = Units.flopsPerSecond(y.value(0.5 / ROWS));
    StringBuilder out = new StringBuilder();
    for (int row = 0; row < ROWS; row++) {
      String line = " ".repeat(MARGIN - labels[row].length()) + labels[row] + " |";
      out.append((line + new String(cells[row])).stripTrailing()).append('\n');
    }
    char[] axis = new char[COLUMNS];
    Arrays.fill(axis, '-');
    int ridge = clamp(x.at(panel.roofline().ridgePoint()) * COLUMNS, COLUMNS);
    axis[ridge] = '^';
    out.append(" ".repeat(MARGIN)).append(" +").append(axis).append('\n');
    String name = "ridge point, " + Units.intensity(panel.roofline().ridgePoint());
    String ends = Units.intensity(x.start());
    int start = Math.max(ends.length() + 2, ridge - name.length() / 2);
    return out.append(" ".repeat(MARGIN + 2))
        .append(ends)
        .append(" ".repeat(start - ends.length()))
        .append(name)
        .append('\n')
        .toString();
  }

  private static int clamp(double index, int size) {
    return Math.clamp((int) Math.floor(index), 0, size - 1);
  }
}
