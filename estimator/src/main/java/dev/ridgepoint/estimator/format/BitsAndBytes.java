package dev.ridgepoint.estimator.format;

import dev.ridgepoint.estimator.format.Precision.Scale;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.List;
import java.util.Locale;

/** The formats of bitsandbytes: LLM.int8 (arXiv:2208.07339), NF4 and FP4 (arXiv:2305.14314). */
final class BitsAndBytes {
  /** Groups of 64, each with an 8-bit scale, 256 of which share an F32 one. */
  private static final int GROUP = 64;

  private static final int SCALE_GROUP = 256;

  /** The values of 16 codes, in F32, stored with each matrix. */
  private static final int CODE_BYTES = 16 * Float.BYTES;

  /** Those of the 256 codes of its scales, where these are quantised, too. */
  private static final int SCALE_CODE_BYTES = 256 * Float.BYTES;

  private BitsAndBytes() {}

  /**
   * The format that a config states.
   *
   * @throws InvalidInputException if it is of neither 4 nor 8 bits
   */
  static Precision format(JsonFields fields) {
    if (fields.booleanOr("load_in_8bit", false)) {
      // A byte says in which order the matrix is.
      return Precision.INT8.with(Scale.perRow(Float.BYTES), Scale.perMatrix(1));
    }
    if (!fields.booleanOr("load_in_4bit", false)) {
      throw fields.invalid("load_in_4bit", "or load_in_8bit must be true");
    }
    String type = fields.stringOr("bnb_4bit_quant_type", "fp4").toUpperCase(Locale.ROOT);
    boolean isNested = fields.booleanOr("bnb_4bit_use_double_quant", false);
    int blockBytes =
        isNested ? SCALE_GROUP * (GROUP / 2 + 1) + Float.BYTES : GROUP / 2 + Float.BYTES;
    int elements = isNested ? SCALE_GROUP * GROUP : GROUP;
    return new Precision(type, elements, elements, blockBytes, true, List.of())
        .with(Scale.perMatrix(CODE_BYTES + (isNested ? SCALE_CODE_BYTES : 0)));
  }
}
