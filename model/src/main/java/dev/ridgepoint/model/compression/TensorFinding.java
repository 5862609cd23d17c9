package dev.ridgepoint.model.compression;

/**
 * What is known of a matrix before and after it is compressed.
 *
 * @param name its name
 * @param outputs rows
 * @param inputs columns
 * @param least of its numbers
 * @param greatest of its numbers
 * @param outliers the share of its numbers that are more than four standard deviations from their
 *     mean; 6e-5 of normally distributed ones
 * @param kurtosis fourth moment over the squared second: 3 of normally distributed numbers, more
 *     where a few are large
 * @param inputSpread the greatest of its input channels' mean magnitudes over their median: what
 *     AWQ and SmoothQuant have to work with
 * @param roundingError of its outputs on the calibration's inputs, as a share of them, if this
 *     matrix alone were rounded to nearest: how sensitive it is
 * @param error the same as the method left it
 */
public record TensorFinding(
    String name,
    int outputs,
    int inputs,
    double least,
    double greatest,
    double outliers,
    double kurtosis,
    double inputSpread,
    double roundingError,
    double error) {}
