package dev.ridgepoint.estimator.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.estimator.training.TrainingFlops.Mask;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingFlopsTest {

  @Test
  void erratum016AStepOfGpt2Small() {
    TrainingModel model = TrainingModel.gpt("gpt2", 12, 768, 12, 50257, 1024);
    TrainingFlops flops = TrainingFlops.perSequence(model, 1024, Mask.FULL);
    assertEquals(521.8, 3 * 12 * flops.layerMatrixFlops() / 1e9, 0.05);
    assertEquals(116.0, 3 * 12 * flops.layerAttentionFlops() / 1e9, 0.05);
    assertEquals(237.1, 3 * flops.headFlops() / 1e9, 0.05);
    assertEquals(874.9, flops.modelFlops().doubleValue() / 1e9, 0.05);
  }

  @Test
  void erratum053FullRecomputationIsAThirdOfTheStep() {
    TrainingFlops flops = TrainingFlops.perSequence(TrainingModels.LLAMA_2_70B, 4096, Mask.CAUSAL);
    double extra =
        flops.hardwareFlops(Checkpointing.FULL, false).doubleValue()
                / flops.modelFlops().doubleValue()
            - 1;
    assertEquals(1 / 3.0, extra, 0.002, "the head is not computed again");
  }

  @Test
  void erratum067FlashAttentionFormsTheScoresTwice() {
    TrainingFlops flops = TrainingFlops.perSequence(TrainingModels.LLAMA_7B, 2048, Mask.CAUSAL);
    long scores = 2L * 32 * 128 * (2048L * 2049 / 2);
    assertEquals(scores, flops.layerRecomputedFlops(Checkpointing.NONE, true));
    assertEquals(0, flops.layerRecomputedFlops(Checkpointing.NONE, false));
    assertEquals(2 * scores, flops.layerRecomputedFlops(Checkpointing.SELECTIVE, false));
  }

  /** Multiply-adds counted one by one, doubled. */
  @Test
  void isTheCountOfTheLoops() {
    TrainingModel model = TrainingModels.llama("m", 13, 6, 5, 2, 4, 2, 2);
    int tokens = 7;
    long multiplyAdds = 0;
    for (int token = 0; token < tokens; token++) {
      for (int layer = 0; layer < 2; layer++) {
        for (int output = 0; output < 8 + 4 + 4; output++) {
          multiplyAdds += 6;
        }
        for (int head = 0; head < 4; head++) {
          for (int position = 0; position <= token; position++) {
            multiplyAdds += 2 + 2;
          }
        }
        for (int output = 0; output < 6; output++) {
          multiplyAdds += 8 + 5;
        }
        for (int inner = 0; inner < 2 * 5; inner++) {
          multiplyAdds += 6;
        }
      }
      for (int word = 0; word < 13; word++) {
        multiplyAdds += 6;
      }
    }
    TrainingFlops flops = TrainingFlops.perSequence(model, tokens, Mask.CAUSAL);
    assertEquals(BigInteger.valueOf(2 * multiplyAdds), flops.forwardFlops());
    assertEquals(BigInteger.valueOf(6 * multiplyAdds), flops.modelFlops());
  }

  /**
   * Korthikanti et al. 2022, tables 3 and 5: seconds per iteration and MFU on A100s of 312 TFLOP/s,
   * sequences of 2048, vocabulary 51200.
   */
  @ParameterizedTest
  @CsvSource({
    "48, 6144, 64, 4, 8, 1.10, 0.415",
    "96, 12288, 96, 64, 64, 13.75, 0.514",
    "105, 20480, 128, 280, 280, 37.83, 0.560",
    "128, 25600, 160, 512, 512, 71.49, 0.563"
  })
  void givesThePublishedUtilization(
      int layers, int hidden, int heads, long batch, int devices, double seconds, double mfu) {
    TrainingModel model = TrainingModel.gpt("gpt", layers, hidden, heads, 51200, 2048);
    TrainingFlops flops = TrainingFlops.perSequence(model, 2048, Mask.FULL);
    assertEquals(
        mfu, batch * flops.modelFlops().doubleValue() / (devices * 312e12 * seconds), 0.002);
  }

  @Test
  void theDerivationsTermsAreTheSum() {
    TrainingFlops flops = TrainingFlops.perSequence(TrainingModels.GPT_3, 2048, Mask.FULL);
    BigInteger sum = BigInteger.ZERO;
    for (Derivation.Term term : flops.derivation().terms()) {
      sum = sum.add((BigInteger) term.value());
    }
    assertEquals(flops.modelFlops(), sum);
    assertEquals(flops.modelFlops(), flops.hardwareFlops(Checkpointing.NONE, false));
  }

  @Test
  void totalsMayPass2To63AndOneLayerMayNot() {
    TrainingModel model = TrainingModels.LLAMA_2_70B;
    BigInteger long63 = BigInteger.valueOf(Long.MAX_VALUE);
    TrainingFlops flops = TrainingFlops.perSequence(model, 3_000_000, Mask.CAUSAL);
    assertTrue(flops.modelFlops().compareTo(long63) > 0);
    assertEquals(
        "batch: sequenceLength makes more than 2^63 FLOPs in one layer, it is 2147483647",
        assertThrows(
                InvalidInputException.class,
                () -> TrainingFlops.perSequence(model, Integer.MAX_VALUE, Mask.FULL))
            .getMessage());
  }
}
