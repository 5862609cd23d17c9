package dev.ridgepoint.estimator.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OptimizerTest {
  private static final ParameterTensor MATRIX = ParameterTensor.splitRows("w", 3000, 1000, 3000);
  private static final ParameterTensor VECTOR = ParameterTensor.replicated("b", 3000);

  private static long bytes(Optimizer optimizer, ParameterTensor... tensors) {
    return optimizer.states(List.of(tensors)).stream().mapToLong(ModelState::bytes).sum();
  }

  @ParameterizedTest
  @CsvSource({
    "SGD, 0, 0",
    "MOMENTUM, 12000000, 12000",
    "ADAM, 24000000, 24000",
    "ADAMW, 24000000, 24000",
    "ADAFACTOR, 16000, 12000",
    "ADAFACTOR_MOMENTUM, 12016000, 24000",
    // 2 (3,000,000 + 4 ceil(3,000,000 / 2048)); the vector is too small for 8 bits
    "ADAM_8BIT, 6011720, 24000"
  })
  void countsBytesOfAMatrixAndOfAVector(Optimizer optimizer, long matrix, long vector) {
    assertEquals(matrix, bytes(optimizer, MATRIX));
    assertEquals(vector, bytes(optimizer, VECTOR));
    assertEquals(matrix + vector, bytes(optimizer, MATRIX, VECTOR));
    assertEquals(5 * matrix, bytes(optimizer, MATRIX.times(5)));
  }

  @Test
  void erratum023FactoredMomentsAreRowsAndColumns() {
    TrainingModel model = TrainingModels.LLAMA_7B;
    List<ParameterTensor> layer = model.layerTensors();
    long factored = bytes(Optimizer.ADAFACTOR, layer.toArray(ParameterTensor[]::new));
    long parameters = TrainingModel.elements(layer);
    assertTrue(factored < parameters / 500.0, "nothing beside 4 or 6 bytes per parameter");
    assertEquals(
        4 * parameters + factored,
        bytes(Optimizer.ADAFACTOR_MOMENTUM, layer.toArray(ParameterTensor[]::new)));
  }

  /** Four times 16-bit weights, twice fp32 weights; with the master copy six times. */
  @Test
  void erratum101AdamIsEightBytesPerParameter() {
    assertEquals(8 * VECTOR.elements(), bytes(Optimizer.ADAM, VECTOR));
    assertEquals(4 * TrainingPrecision.MIXED_BF16.weightBytes(), 8);
    assertEquals(2 * TrainingPrecision.FP32.weightBytes(), 8);
    assertEquals(
        6 * TrainingPrecision.MIXED_BF16.weightBytes(),
        8 + TrainingPrecision.MIXED_BF16.masterBytes());
  }

  @ParameterizedTest
  @EnumSource
  void isFoundByItsLabel(Optimizer optimizer) {
    assertEquals(optimizer, Optimizer.named("--optimizer", optimizer.label()));
  }

  @Test
  void refusesUnknownNames() {
    assertEquals(
        "--optimizer: optimizer \"lion\" is unknown; known are [sgd, momentum, adam, adamw,"
            + " adafactor, adafactor-momentum, adam-8bit]",
        assertThrows(InvalidInputException.class, () -> Optimizer.named("--optimizer", "lion"))
            .getMessage());
    assertEquals(
        "--precision: training precision \"fp64\" is unknown; known are [fp32, bf16, fp16,"
            + " bf16-fp32-gradients]",
        assertThrows(
                InvalidInputException.class, () -> TrainingPrecision.named("--precision", "fp64"))
            .getMessage());
  }
}
