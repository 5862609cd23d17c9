package dev.ridgepoint.estimator.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.AttentionSpan;
import dev.ridgepoint.estimator.architecture.LlamaShape;
import dev.ridgepoint.estimator.architecture.RopeScaling;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OperationListTest {
  private static final DataFormats BF16 = new DataFormats(Precision.BF16, Precision.BF16);
  private static final DataFormats F32 = new DataFormats(Precision.F32, Precision.F32);
  private static final DataFormats Q8_0 = new DataFormats(Precision.Q8_0, Precision.F16);

  record Case(String name, LlamaShape config, DataFormats formats, Step step) {
    @Override
    public String toString() {
      return name;
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsTheCountThatAddsUpOneByOne(Case test) {
    List<BruteForceOperations.Counted> expected =
        new BruteForceOperations(test.config, test.formats, test.step).run();
    List<OperationCost> actual =
        OperationList.of(
            test.config.architecture(), ForwardOptions.of(test.formats, test.step), test.step);
    assertEquals(
        expected.stream().map(BruteForceOperations.Counted::name).toList(),
        actual.stream().map(OperationCost::name).toList());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i), BruteForceOperations.Counted.of(actual.get(i)));
    }
  }

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    LlamaShape plain = config(24, 40, 2, 4, 2, 6, 50, false, 0, 0, false);
    LlamaShape biased = config(16, 24, 2, 4, 4, 4, 30, true, 0, 0, false);
    LlamaShape normed = config(16, 24, 2, 4, 1, 8, 30, false, 0, 0, true);
    LlamaShape sliding = config(16, 24, 3, 2, 1, 8, 30, false, 5, 1, false);
    Step mixed = step(sequence(7, 0, 1), sequence(1, 30, 1), sequence(4, 9, 4), sequence(3, 2, 0));
    cases.add(new Case("prefill", plain, BF16, Step.prefill(17)));
    cases.add(new Case("one token", plain, F32, Step.prefill(1)));
    cases.add(new Case("decode batch", plain, BF16, Step.decode(8, 33)));
    cases.add(new Case("second chunk", plain, BF16, step(sequence(9, 20, 0))));
    cases.add(new Case("all logits", plain, F32, step(sequence(9, 0, 9))));
    cases.add(new Case("mixed", plain, Q8_0, mixed));
    cases.add(new Case("biases", biased, BF16, mixed));
    cases.add(new Case("biases, decode", biased, Q8_0, Step.decode(2, 5)));
    cases.add(new Case("q/k norm", normed, BF16, mixed));
    cases.add(new Case("window, prefill shorter", sliding, BF16, Step.prefill(4)));
    cases.add(new Case("window, prefill equal", sliding, BF16, Step.prefill(5)));
    cases.add(new Case("window, prefill longer", sliding, F32, Step.prefill(12)));
    cases.add(new Case("window, decode", sliding, BF16, Step.decode(3, 40)));
    cases.add(new Case("window, reached inside a chunk", sliding, BF16, step(sequence(6, 2, 1))));
    cases.add(new Case("window, mixed", sliding, Q8_0, mixed));
    Random random = new Random(42);
    for (int i = 0; i < 60; i++) {
      cases.add(random(random, i));
    }
    return cases.stream();
  }

  private static Case random(Random random, int index) {
    int keyValueHeads = 1 + random.nextInt(3);
    int layers = 1 + random.nextInt(3);
    LlamaShape config =
        config(
            1 + random.nextInt(40),
            1 + random.nextInt(50),
            layers,
            keyValueHeads * (1 + random.nextInt(3)),
            keyValueHeads,
            2 * (1 + random.nextInt(20)),
            1 + random.nextInt(60),
            random.nextBoolean(),
            random.nextBoolean() ? 0 : 1 + random.nextInt(20),
            random.nextInt(layers + 1),
            random.nextBoolean());
    List<Step.Sequence> sequences = new ArrayList<>();
    for (int s = 1 + random.nextInt(4); s > 0; s--) {
      int newTokens = 1 + random.nextInt(25);
      sequences.add(sequence(newTokens, random.nextInt(30), random.nextInt(newTokens + 1)));
    }
    DataFormats formats = List.of(BF16, F32, Q8_0).get(random.nextInt(3));
    return new Case("random " + index, config, formats, new Step(sequences));
  }

  @Test
  void countsARealModelsDecode() {
    Architecture config = ModelCatalog.get("Qwen2.5-0.5B");
    Cost total =
        OperationList.total(
            OperationList.of(
                config, ForwardOptions.of(BF16, Step.decode(1, 511)), Step.decode(1, 511)));
    // Every matrix once, the tied embedding as the head, one row more of it as the input.
    long matrices = 494_032_768L - 24 * (2 * 896 + (14 + 4) * 64) - 896;
    long vectors = 24 * (2 * 896 + (14 + 4) * 64) + 896;
    assertEquals(2 * matrices + 2 * 896 + 4 * vectors, total.weightBytes());
    assertEquals(2 * matrices + 24 * 4 * 14 * 64 * 512, total.matmulFlops());
    assertEquals(24 * 2 * 2 * 64 * 2 * 512, total.kvReadBytes());
    assertEquals(24 * 2 * 2 * 64 * 2, total.kvWrittenBytes());
  }

  @Test
  void ofOneTokenTheIntensityIsAboutOneAndOfManyItGrows() {
    Architecture config = ModelCatalog.get("Llama-3.2-1B");
    Cost decode =
        OperationList.total(
            OperationList.of(
                config, ForwardOptions.of(BF16, Step.decode(1, 0)), Step.decode(1, 0)));
    Cost prefill =
        OperationList.total(
            OperationList.of(
                config, ForwardOptions.of(BF16, Step.prefill(512)), Step.prefill(512)));
    assertEquals(1.0, decode.arithmeticIntensity(), 0.01);
    assertEquals(true, prefill.arithmeticIntensity() > 100);
  }

  @Test
  void anEmptyListIsZero() {
    assertEquals(Cost.ZERO, OperationList.total(List.of()));
  }

  @Test
  void overflowIsAnErrorNotAWrongNumber() {
    LlamaShape config = config(1 << 20, 1 << 22, 1, 1, 1, 1 << 20, 1 << 26, false, 0, 0, false);
    Step step = Step.prefill(Integer.MAX_VALUE);
    assertThrows(
        ArithmeticException.class,
        () -> OperationList.of(config.architecture(), ForwardOptions.of(F32, step), step));
  }

  @Test
  void attendedPositionsOfLongContextsStayExact() {
    long n = Integer.MAX_VALUE;
    AttentionSpan all = new AttentionSpan.Causal();
    assertEquals(n * ((n + 1) / 2), all.attended(n, 0));
    assertEquals(n, all.visible(n, 0));
  }

  private static LlamaShape config(
      int hidden,
      int intermediate,
      int layers,
      int heads,
      int keyValueHeads,
      int headDim,
      int vocab,
      boolean biases,
      int window,
      int firstSlidingLayer,
      boolean qkNorm) {
    return new LlamaShape(
        "llama",
        vocab,
        hidden,
        intermediate,
        layers,
        heads,
        keyValueHeads,
        headDim,
        4096,
        1e-5,
        10_000,
        new RopeScaling.None(),
        hidden % 2 == 0,
        biases,
        biases,
        biases,
        qkNorm,
        window,
        firstSlidingLayer);
  }

  private static Step.Sequence sequence(int newTokens, int context, int logits) {
    return new Step.Sequence(newTokens, context, logits);
  }

  private static Step step(Step.Sequence... sequences) {
    return new Step(List.of(sequences));
  }
}
