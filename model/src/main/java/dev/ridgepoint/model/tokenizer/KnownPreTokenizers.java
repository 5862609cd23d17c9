package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.model.tokenizer.PreTokenizer.Behavior;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The pre-tokenisers that a GGUF file only names. The patterns are those of the models' own {@code
 * tokenizer.json}; the names are llama.cpp's.
 */
final class KnownPreTokenizers {
  private static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
  private static final String SPACES = "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String GPT2 =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
  private static final String BLOOM = " ?[^(\\s|.,!?…。，、।۔،)]+";

  /** GPT-4's, which differ in how many digits are a word. */
  private static String gpt4(String digits) {
    return CONTRACTIONS
        + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"
        + digits
        + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
        + SPACES;
  }

  /** GPT-4o's, where a capital within a word begins another. */
  private static String gpt4o(String contractions, String digits) {
    String capitals = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
    String smalls = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
    String before = "[^\\r\\n\\p{L}\\p{N}]?";
    return (before + capitals + "*" + smalls + "+" + contractions)
        + ("|" + before + capitals + "+" + smalls + "*" + contractions)
        + ("|" + digits + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" + SPACES);
  }

  /** DeepSeek LLM's letters: those with case, but for scripts of which it names only capitals. */
  private static final String DEEPSEEK_LETTERS =
      "[[\\p{Lu}\\p{Ll}\\p{Lt}]&&[^\\u0560-\\u0588\\u10c7-\\u10ff\\u1c80-\\u1c8f\\u2d00-\\u2d2d"
          + "\\ua78f-\\ua7ff\\uab30-\\uab6f\\x{10570}-\\x{105bf}\\x{10d50}-\\x{10d9f}"
          + "\\x{16e40}-\\x{16eff}\\x{1d400}-\\x{1d7ff}\\x{1df00}-\\x{1dfff}]]";

  private static final String DEEPSEEK_EAST_ASIAN =
      "[\\u4e00-\\u9fa5\\u0800-\\u4e00\\uac00-\\ud7ff]+";

  private static final List<String> DEEPSEEK_LLM =
      List.of(
          "[\\r\\n]",
          "\\s?" + DEEPSEEK_LETTERS + "+",
          "\\s?[!-/:-~\\uff01-\\uff0f\\uff1a-\\uff5e\\u2018-\\u201f\\u3000-\\u3002]+",
          "\\s+$",
          DEEPSEEK_EAST_ASIAN,
          "\\p{N}+");

  private static final List<String> DEEPSEEK_CODER =
      List.of("[\\r\\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", DEEPSEEK_EAST_ASIAN, "\\p{N}");

  private static final List<String> DEEPSEEK_V3 =
      List.of(
          "\\p{N}{1,3}",
          "[\\u4e00-\\u9fa5\\u3040-\\u30ff]+",
          "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
              + "|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*"
              + SPACES);

  private static final String FALCON_SIGNS = "[\\p{P}$+<=>^~|`]+";

  /** Of files without a name; llama.cpp warns that they should be converted again. */
  private static final List<String> UNNAMED =
      List.of(FALCON_SIGNS, GPT2, "\\p{N}+", "[0-9][0-9][0-9]");

  private static final Map<String, List<String>> PATTERNS = new HashMap<>();

  static {
    add(
        List.of(gpt4("\\p{N}{1,3}")),
        "llama3 llama-v3 llama-bpe falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano dbrx"
            + " smaug-bpe glm4 chatglm-bpe");
    add(
        List.of(gpt4("\\p{N}")),
        "qwen2 deepseek-r1-qwen kormo f2llmv2 stablelm2 hunyuan megrez grok-2 solar-open");
    add(
        List.of(
            CONTRACTIONS
                + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}"
                + "| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*"
                + SPACES),
        "qwen35");
    add(
        List.of(GPT2),
        "gpt-2 phi-2 jina-es jina-de jina-v2-es jina-v2-de jina-v1-en jina-v2-code roberta-bpe"
            + " gigachat a.x-4.0 mellum modern-bert mpt olmo jais trillion granite-docling"
            + " exaone4");
    add(
        List.of("\\p{N}", GPT2),
        "starcoder refact command-r smollm codeshell exaone minerva-7b mellum2");
    add(List.of(gpt4o(CONTRACTIONS + "?", "\\p{N}{1,3}")), "gpt-4o llama4 kanana2 minimax-m2");
    add(List.of(gpt4o("", "\\p{N}")), "tekken");
    add(
        List.of("\\d{1,3}(?=(?:\\d{3})*\\b)", gpt4o(CONTRACTIONS + "?", "\\p{N}{1,3}")),
        "tiny_aya cohere2moe");
    add(DEEPSEEK_LLM, "deepseek-llm");
    add(DEEPSEEK_CODER, "deepseek-coder");
    add(DEEPSEEK_V3, "deepseek-v3 hunyuan-dense joyai-llm");
    add(List.of(FALCON_SIGNS, GPT2, "[0-9][0-9][0-9]"), "falcon");
    add(List.of(BLOOM), "bloom poro-chat gpt3-finnish");
    add(List.of(BLOOM, "\\p{N}"), "viking");
    add(UNNAMED, "default");
  }

  /** Those of whose words one that is a token is that token, whatever the merges say. */
  private static final Set<String> WHOLE_WORDS =
      Set.of(
          "llama3",
          "llama-v3",
          "llama-bpe",
          "falcon3",
          "falcon-h1",
          "pixtral",
          "midm-2.0",
          "lfm2",
          "jina-v5-nano",
          "tekken");

  private KnownPreTokenizers() {}

  private static void add(List<String> patterns, String names) {
    for (String name : names.split(" ")) {
      PATTERNS.put(name, patterns);
    }
  }

  /** GPT-2's, without the bytes. */
  static PreTokenizer gpt2(String source) {
    return isolated(source, GPT2);
  }

  /**
   * The pre-tokeniser of a name, with the bytes.
   *
   * @param source the file, for messages
   */
  static Optional<PreTokenizer> named(String source, String name) {
    return Optional.ofNullable(PATTERNS.get(name))
        .map(
            patterns -> {
              List<PreTokenizer> all = new ArrayList<>();
              patterns.forEach(pattern -> all.add(isolated(source, pattern)));
              all.add(PreTokenizer.byteLevel());
              return PreTokenizer.sequence(all);
            });
  }

  /** Its patterns, one after the other; none if it is not known. */
  static List<String> patterns(String name) {
    return PATTERNS.getOrDefault(name, List.of());
  }

  /** Whether words of this pre-tokeniser may be tokens without merges; these begin with BOS. */
  static boolean takesWholeWords(String name) {
    return WHOLE_WORDS.contains(name);
  }

  private static PreTokenizer isolated(String source, String pattern) {
    return PreTokenizer.split(
        SplitPattern.of(source, "its pre-tokeniser's pattern", pattern), Behavior.ISOLATED, false);
  }
}
