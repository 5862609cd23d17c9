package dev.ridgepoint.model.checkpoint;

import java.math.BigInteger;
import java.util.Locale;

/** A value of GGUF's metadata. Its text is for people to read. */
sealed interface GgufValue {

  /** An integer of any of the widths. */
  record Whole(BigInteger value) implements GgufValue {
    @Override
    public String toString() {
      return value.toString();
    }
  }

  /**
   * A floating-point number. Of a FLOAT32 it is the shortest decimal that denotes it, so that what
   * was written for 1e-5 is 1e-5 again.
   */
  record Real(double value) implements GgufValue {
    static Real of(float value) {
      return new Real(Double.parseDouble(Float.toString(value)));
    }

    @Override
    public String toString() {
      return Double.toString(value);
    }
  }

  /** A truth value. */
  record Flag(boolean value) implements GgufValue {
    @Override
    public String toString() {
      return Boolean.toString(value);
    }
  }

  /** A string; malformed UTF-8 is replaced, since token texts need not be well-formed. */
  record Text(String value) implements GgufValue {
    @Override
    public String toString() {
      return value;
    }
  }

  /** An array, whose elements were found to lie in the file but are not kept. */
  record Array(GgufValueType elementType, long count) implements GgufValue {
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%d x %s", count, elementType);
    }
  }
}
