package dev.ridgepoint.estimator.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.explain.Derivation;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.operation.ForwardOptions;
import dev.ridgepoint.estimator.operation.OperationCost;
import dev.ridgepoint.estimator.operation.OperationList;
import dev.ridgepoint.estimator.operation.Step;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuleOfThumbTest {
  private static final ForwardOptions OPTIONS =
      ForwardOptions.of(new DataFormats(Precision.BF16, Precision.BF16), Step.prefill(1));

  @Test
  void theRulesAndTheirErrors() {
    List<RuleOfThumb> rules = RuleOfThumb.all(ModelCatalog.get("llama-7b"), OPTIONS, 2, 2048);
    BigInteger tokens = BigInteger.valueOf(4096);
    assertEquals(BigInteger.valueOf(2 * 6_738_415_616L).multiply(tokens), rules.get(0).estimate());
    assertEquals(BigInteger.valueOf(6 * 6_738_415_616L).multiply(tokens), rules.get(2).estimate());
    long layer = 24L * 4096 * 4096 + 4L * 2048 * 4096;
    assertEquals(BigInteger.valueOf(32 * layer).multiply(tokens), rules.get(3).estimate());
    long palm = 6 * 6_738_415_616L + 12L * 32 * 4096 * 2048;
    assertEquals(BigInteger.valueOf(palm).multiply(tokens), rules.get(4).estimate());
    // Attention, which 2N leaves out, is 4 % here; the table that is only looked up takes 2 % back.
    assertEquals(-0.02, rules.get(0).relativeError(), 0.005);
    assertTrue(rules.get(1).relativeError() < rules.get(0).relativeError());
    assertTrue(rules.get(4).relativeError() > 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-7b", "Mixtral-8x7B", "DeepSeek-V3", "gemma-3-1b", "gpt2"})
  void termsOfADerivationAddUp(String name) {
    Architecture architecture = ModelCatalog.get(name);
    List<OperationCost> operations = OperationList.of(architecture, OPTIONS, Step.prefill(100));
    for (Derivation derivation :
        List.of(
            Derivations.parameters(architecture),
            Derivations.activeParameters(architecture),
            Derivations.weightBytes(architecture, OPTIONS),
            CacheDerivations.bytesPerToken(architecture, OPTIONS),
            Derivations.flops("prefill", architecture, operations),
            Derivations.bytes("prefill", architecture, operations))) {
      long sum = derivation.terms().stream().mapToLong(term -> term.value().longValue()).sum();
      assertEquals(derivation.value().longValue(), sum, derivation.quantity());
      assertTrue(!derivation.source().isEmpty() && !derivation.formula().isEmpty());
    }
  }
}
