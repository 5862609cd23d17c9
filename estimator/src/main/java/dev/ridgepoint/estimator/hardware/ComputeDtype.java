package dev.ridgepoint.estimator.hardware;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.input.StrictJson;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * In what numbers a device multiplies. Stored formats are {@link
 * dev.ridgepoint.estimator.format.Precision}: 4-bit weights, for one, are mostly multiplied in F16.
 */
public enum ComputeDtype {
  /** IEEE 754 single precision. */
  F32,
  /** F32 cut to 10 bits of mantissa as it enters the matrix unit. */
  TF32,
  /** IEEE 754 half precision, accumulated in F32. */
  F16,
  /** Half precision accumulated in half precision: twice the rate on GeForce cards. */
  F16_ACC16,
  /** Bfloat16, accumulated in F32. */
  BF16,
  /** 8-bit floating point, accumulated in F32. */
  FP8,
  /** 8-bit integers; its "FLOPs" are integer operations. */
  INT8,
  /** 4-bit floating point with shared scales. */
  FP4;

  /**
   * The dtype of a name, in any case of letters.
   *
   * @param source the flag or file that holds the name
   * @throws InvalidInputException if there is none
   */
  public static ComputeDtype named(String source, String name) {
    return Arrays.stream(values())
        .filter(dtype -> dtype.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    source,
                    "dtype \"%s\" is unknown; known are %s"
                        .formatted(
                            StrictJson.cut(name),
                            Arrays.stream(values())
                                .map(Enum::name)
                                .collect(Collectors.joining(", ")))));
  }
}
