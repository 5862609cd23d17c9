package dev.ridgepoint.engine.kernels;

/**
 * The shape of a micro-kernel: how much of a product stays in registers over the whole depth.
 *
 * @param rows of x and of the sums (the literature's mr)
 * @param panels of w that are read side by side, each {@link Blocking#PANEL} columns of the sums;
 *     the literature's nr is their product
 */
public record Tile(int rows, int panels) {

  /** As on a command line: {@code 4x2}. */
  @Override
  public String toString() {
    return rows + "x" + panels;
  }
}
