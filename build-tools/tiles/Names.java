import java.util.ArrayList;
import java.util.List;

/** How both templates call what every tile has. */
final class Names {
  /** The two vectors of a panel. */
  static final List<String> HALVES = List.of("a", "b");

  /** What makes floats of the halves of an int that are IEEE half precision: lower, upper. */
  static final List<String> LOWER_F16 =
      List.of(
          ".lanewise(LSHL, 16)",
          ".lanewise(ASHR, 3)",
          ".and(F16_SHIFTED)",
          ".reinterpretAsFloats()",
          ".mul(F16_BIAS)");

  static final List<String> UPPER_F16 = LOWER_F16.subList(1, LOWER_F16.size());

  private Names() {}

  /** The method of a tile. */
  static String method(int rows, int panels) {
    return "rows" + rows + "panels" + panels;
  }

  /** The parameters of a tile's method behind {@code first}; one panel needs no distance. */
  static List<String> parameters(List<String> first, int panels) {
    List<String> parameters = new ArrayList<>(first);
    parameters.addAll(List.of("float[] x", "int xOffset", "MemorySegment w", "long wOffset"));
    if (panels > 1) {
      parameters.add("long panelBytes");
    }
    parameters.addAll(List.of("int depth", "float[] c", "int cOffset"));
    return parameters;
  }

  /** {@code factor * unit}, shortened for the factors 0 and 1. */
  static String times(int factor, String unit) {
    return factor == 0 ? "" : factor == 1 ? unit : factor + " * " + unit;
  }

  /** {@code base + addend}, or what there is of it. */
  static String plus(String base, String addend) {
    return addend.isEmpty() ? base : base + " + " + addend;
  }

  static String plus(String base, int addend) {
    return plus(base, addend == 0 ? "" : "" + addend);
  }

  /** Where the vector of a row and a panel begins in c; {@code half} is 0 or 1. */
  static String inSums(int row, int panel, int half) {
    return plus(plus("cOffset", times(row, "STRIDE")), times(2 * panel + half, "LENGTH"));
  }

  /** {@code name++} or {@code name += step}. */
  static String increment(String name, int step) {
    return step == 1 ? name + "++;" : name + " += " + step + ";";
  }
}
