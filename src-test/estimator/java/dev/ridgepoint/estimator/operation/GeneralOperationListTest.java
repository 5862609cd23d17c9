package dev.ridgepoint.estimator.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ridgepoint.estimator.architecture.Architecture;
import dev.ridgepoint.estimator.architecture.LatentForm;
import dev.ridgepoint.estimator.architecture.Numerics;
import dev.ridgepoint.estimator.architecture.RandomArchitectures;
import dev.ridgepoint.estimator.architecture.WeightTensor;
import dev.ridgepoint.estimator.config.ConfigReader;
import dev.ridgepoint.estimator.config.ModelCatalog;
import dev.ridgepoint.estimator.format.DataFormats;
import dev.ridgepoint.estimator.format.KvCacheFormat;
import dev.ridgepoint.estimator.format.Precision;
import dev.ridgepoint.estimator.format.WeightFormats;
import dev.ridgepoint.estimator.inference.GenerationCost;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeneralOperationListTest {
  private static final DataFormats BF16 = new DataFormats(Precision.BF16, Precision.BF16);
  private static final int SEEDS = 300;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void totalsEqualTheCountThatAddsUpOneByOne(boolean isCrossed) {
    for (int seed = 0; seed < SEEDS; seed++) {
      RandomArchitectures random = new RandomArchitectures(seed);
      Architecture architecture = random.decoder(isCrossed);
      ForwardOptions options = random.options();
      Step step = random.step();
      long source = isCrossed ? seed % 7 : 0;
      BruteForceArchitecture expected =
          new BruteForceArchitecture(architecture, options, step, source).run();
      Cost actual = OperationList.total(OperationList.decode(architecture, options, step, source));
      String message = "seed " + seed + ": " + architecture + options + step;
      assertEquals(expected.flops, actual.flops(), message);
      assertEquals(expected.matmulFlops, actual.matmulFlops(), message);
      assertEquals(expected.weightBytes, actual.weightBytes(), message);
      assertEquals(expected.kvReadBytes, actual.kvReadBytes(), message);
      assertEquals(expected.kvWrittenBytes, actual.kvWrittenBytes(), message);
    }
  }

  /** Gemma 2's logits are read, capped and written. */
  @Test
  void aCapCostsThreeFlopsPerLogit() {
    Architecture capped = ModelCatalog.get("Gemma-2-9B");
    Architecture uncapped = capped.withNumerics(Numerics.DEFAULT);
    Step step = Step.decode(2, 100);
    ForwardOptions options = ForwardOptions.of(BF16, step);
    Cost cap =
        new Cost(3 * 2 * 256_000, 0, 0, 0, 0, 2 * options.activations().rowBytes(2 * 256_000));
    assertEquals(
        OperationList.total(OperationList.of(capped, options, step)),
        OperationList.total(OperationList.of(uncapped, options, step)).plus(cap));
    assertEquals(
        new OperationCost(new SoftCap("logit_cap", 256_000, 30), cap),
        OperationList.of(capped, options, step).getLast());
  }

  /** Both norms read the stream before attention adds to it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pythia-70m | attention_norm ffn_norm qkv_proj rope kv_append attention o_proj ffn_up"
            + " activation ffn_down",
        "falcon-7b | attention_norm qkv_proj rope kv_append attention o_proj ffn_up activation"
            + " ffn_down",
        "gpt2 | attention_norm qkv_proj kv_append attention o_proj ffn_norm ffn_up activation"
            + " ffn_down",
      })
  void normsOfParallelPartsStandBeforeThem(String model, String names) {
    assertEquals(
        names,
        OperationList.decoder(ModelCatalog.get(model), LatentForm.ABSORBED).stream()
            .filter(operation -> operation.layer() == 0)
            .map(Operation::name)
            .collect(Collectors.joining(" ")));
  }

  /** OLMo's queries, keys and values are read and written once more; a comparison is no FLOP. */
  @Test
  void clippingMovesBytesAlone() {
    Architecture clipped =
        ConfigReader.parse(
            "config.json",
            """
            {"model_type": "olmo", "vocab_size": 64, "hidden_size": 32, "intermediate_size": 48,
             "num_hidden_layers": 2, "num_attention_heads": 4, "clip_qkv": 1.2}
            """);
    Step step = Step.decode(2, 10);
    ForwardOptions options = ForwardOptions.of(BF16, step);
    long bytes = options.activations().rowBytes(2 * 2 * 3 * 32);
    assertEquals(
        List.of(
            new OperationCost(
                new Clip("qkv_clip", 0, Buffer.QUERY_KEY_VALUE, 3 * 32, 1.2),
                new Cost(0, 0, 0, 0, 0, bytes)),
            new OperationCost(
                new Clip("qkv_clip", 1, Buffer.QUERY_KEY_VALUE, 3 * 32, 1.2),
                new Cost(0, 0, 0, 0, 0, bytes))),
        OperationList.of(clipped, options, step).stream()
            .filter(each -> each.operation() instanceof Clip)
            .toList());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aGenerationIsTheSumOfItsSteps(boolean isCrossed) {
    for (int seed = 0; seed < SEEDS; seed++) {
      RandomArchitectures random = new RandomArchitectures(seed);
      Architecture architecture = random.decoder(isCrossed);
      ForwardOptions options = random.options();
      if (options.latentForm() == LatentForm.EXPANDED_EACH_STEP) {
        options = options.withLatentForm(LatentForm.ABSORBED);
      }
      int batch = 1 + seed % 3;
      int context = seed % 17;
      int newTokens = 1 + seed % 11;
      long source = isCrossed ? 5 : 0;
      long[] sums = new long[6];
      for (int t = 0; t < newTokens; t++) {
        Cost cost =
            OperationList.total(
                OperationList.decode(
                    architecture, options, Step.decode(batch, context + t), source));
        sums[0] += cost.flops();
        sums[1] += cost.matmulFlops();
        sums[2] += cost.weightBytes();
        sums[3] += cost.kvReadBytes();
        sums[4] += cost.kvWrittenBytes();
        sums[5] += cost.activationBytes();
      }
      GenerationCost actual =
          GenerationCost.of(architecture, options, batch, context, newTokens, source);
      assertEquals(
          new GenerationCost(
              newTokens,
              BigInteger.valueOf(sums[0]),
              BigInteger.valueOf(sums[1]),
              BigInteger.valueOf(sums[2]),
              BigInteger.valueOf(sums[3]),
              BigInteger.valueOf(sums[4]),
              BigInteger.valueOf(sums[5])),
          actual,
          "seed " + seed);
    }
  }

  /** Decoding one token reads every active weight once, and of the embedding one row besides. */
  @Test
  void decodingReadsTheActiveWeightsOfEveryKnownDecoder() {
    for (String name : ModelCatalog.names()) {
      Architecture architecture = ModelCatalog.get(name);
      if (architecture.encoder().isPresent()) {
        continue;
      }
      Step step = Step.decode(1, 9);
      ForwardOptions options =
          ForwardOptions.of(BF16, step)
              .withActivations(Precision.BF16)
              .withWeights(WeightFormats.of(Precision.BF16, Precision.BF16));
      long read = OperationList.total(OperationList.of(architecture, options, step)).weightBytes();
      long gathered = 0;
      long expected = 0;
      for (WeightTensor tensor : architecture.weights()) {
        switch (tensor.name()) {
          case "embedding" -> {
            gathered += tensor.columns();
            expected += architecture.isTied() ? tensor.parameters() : 0;
          }
          case "positions", "token_types" -> gathered += tensor.columns();
          default -> expected += tensor.activeParameters();
        }
      }
      assertEquals(2 * (expected + gathered), read, name);
    }
  }

  @Test
  void expectedExpertsLieBetweenTheBounds() {
    Architecture architecture = ModelCatalog.get("Mixtral-8x7B");
    for (int batch : new int[] {1, 2, 4, 64}) {
      Step step = Step.decode(batch, 100);
      ForwardOptions options = ForwardOptions.of(BF16, step);
      long fewest = weightBytes(architecture, options, ExpertsTouched.FEWEST, step);
      long expected = weightBytes(architecture, options, ExpertsTouched.EXPECTED, step);
      long most = weightBytes(architecture, options, ExpertsTouched.MOST, step);
      assertTrue(fewest <= expected && expected <= most, fewest + " " + expected + " " + most);
      assertEquals(batch == 1, fewest == most);
    }
    // 8 (1 - (3/4)^2) = 3.5 experts of two tokens that choose 2 of 8.
    Step two = Step.decode(2, 100);
    ForwardOptions options = ForwardOptions.of(BF16, two);
    long expert = 2L * 3 * 4096 * 14336;
    assertEquals(
        32 * (expert * 3 / 2),
        weightBytes(architecture, options, ExpertsTouched.EXPECTED, two)
            - weightBytes(architecture, options, ExpertsTouched.FEWEST, two));
  }

  private static long weightBytes(
      Architecture architecture, ForwardOptions options, ExpertsTouched touched, Step step) {
    ForwardOptions touching =
        new ForwardOptions(options.weights(), options.kvCache(), options.activations(), touched);
    List<OperationCost> operations = OperationList.of(architecture, touching, step);
    return OperationList.total(operations).weightBytes();
  }

  @Test
  void encodersAndDecodersAreAskedForWhatTheyHave() {
    Architecture bert = ModelCatalog.get("bert-base-uncased");
    ForwardOptions options = ForwardOptions.of(BF16, Step.prefill(1));
    Cost encode = OperationList.total(OperationList.encode(bert, options, 2, 128));
    // 12 layers of 2 x 85,054,464 weights less biases and norms, scores over all positions, pooler.
    long layerWeights = 4L * 768 * 768 + 2L * 768 * 3072;
    assertEquals(
        2 * 2 * 128 * 12 * layerWeights + 2 * 12 * 4L * 768 * 128 * 128 + 2 * 2 * 768 * 768,
        encode.matmulFlops());
    assertEquals(0, encode.kvReadBytes() + encode.kvWrittenBytes());
    assertThrows(
        IllegalArgumentException.class, () -> OperationList.of(bert, options, Step.prefill(1)));
    assertThrows(
        IllegalArgumentException.class,
        () -> OperationList.encode(ModelCatalog.get("gpt2"), options, 1, 1));
  }

  @Test
  void anEncoderDecoderEncodesKeysAndValuesOnce() {
    Architecture t5 = ModelCatalog.get("t5-base");
    ForwardOptions options = ForwardOptions.of(BF16, Step.decode(1, 0));
    Cost encode = OperationList.total(OperationList.encode(t5, options, 1, 100));
    assertEquals(12L * 100 * 2 * 768 * 2, encode.kvWrittenBytes());
    Cost decode = OperationList.total(OperationList.decode(t5, options, Step.decode(1, 0), 100));
    assertEquals(12L * (100 + 1) * 2 * 768 * 2, decode.kvReadBytes());
    assertEquals(
        encode.kvWrittenBytes(), KvCacheFormat.of(Precision.BF16).crossAttentionBytes(t5, 100));
  }
}
