package dev.ridgepoint.engine.kernels;

import java.util.List;
import java.util.Locale;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The JDK's vector functions, bound to their library before a kernel calls them.
 *
 * <p>At its first use with a species the JDK looks a function up in the library by a name that has
 * the number of lanes in it, and writes that number in the digits of the default locale. Where
 * these are not 0 to 9 no such name exists, and the call ends with an {@code InternalError}. So the
 * first use is here, in digits that are known; the default locale changes only where it has others,
 * and only meanwhile.
 */
final class VectorMath {
  /** The exponential. */
  static final VectorOperators.Unary EXP = VectorOperators.EXP;

  /** The hyperbolic tangent. */
  static final VectorOperators.Unary TANH = VectorOperators.TANH;

  static {
    Locale locale = Locale.getDefault(Locale.Category.FORMAT);
    if (String.format(locale, "%d", 0).equals("0")) {
      bind();
    } else {
      Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
      try {
        bind();
      } finally {
        Locale.setDefault(Locale.Category.FORMAT, locale);
      }
    }
  }

  private VectorMath() {}

  private static void bind() {
    FloatVector zeros = FloatVector.zero(VectorRegisters.F);
    for (VectorOperators.Unary function : List.of(EXP, TANH)) {
      zeros.lanewise(function);
    }
  }
}
