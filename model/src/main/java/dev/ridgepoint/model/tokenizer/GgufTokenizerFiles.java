package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.checkpoint.AtomicOutput;
import dev.ridgepoint.model.checkpoint.GgufMetadata;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The tokenizer of a GGUF file in the files of Hugging Face's libraries, where these can say the
 * same: byte-level byte pairs, and SentencePiece's byte pairs, whose scores become an order of
 * merges as in Hugging Face's own conversion.
 */
public final class GgufTokenizerFiles {
  private static final String PREFIX = "tokenizer.";
  private static final String GGML = PREFIX + "ggml.";

  private final GgufMetadata metadata;
  private final List<String> pieces;
  private final List<PieceType> types;
  private final ObjectNode json = TokenizerJsonParts.empty();

  private GgufTokenizerFiles(GgufMetadata metadata) {
    this.metadata = metadata;
    pieces = metadata.texts(GGML + "tokens").orElseThrow();
    types =
        metadata
            .integers(GGML + "token_type")
            .map(all -> all.stream().map(each -> PieceType.of(each).orElseThrow()).toList())
            .orElseGet(() -> pieces.stream().map(any -> PieceType.NORMAL).toList());
    for (int id = 0; id < pieces.size(); id++) {
      switch (types.get(id)) {
        case CONTROL, UNKNOWN -> TokenizerJsonParts.addToken(json, id, pieces.get(id), true);
        case USER_DEFINED -> TokenizerJsonParts.addToken(json, id, pieces.get(id), false);
        case NORMAL, UNUSED, BYTE -> {}
      }
    }
  }

  /**
   * Writes a file's tokenizer into a folder: {@code tokenizer.json}, {@code tokenizer_config.json}
   * and {@code generation_config.json}.
   *
   * @return why there is none to be written; else empty
   * @throws IOException if writing fails
   */
  public static Optional<String> write(Path gguf, Path folder) throws IOException {
    try {
      return tryToWrite(gguf, folder);
    } catch (InvalidInputException e) {
      return Optional.of(e.getMessage());
    }
  }

  private static Optional<String> tryToWrite(Path gguf, Path folder) throws IOException {
    GgufMetadata metadata = GgufMetadata.read(gguf, PREFIX);
    String kind = metadata.text(GGML + "model").orElse("none");
    if (!kind.equals("gpt2") && !kind.equals("llama")) {
      return Optional.of("no tokenizer.json is written of the kind " + Shown.quote(kind));
    }
    Tokenizer original = TokenizerFiles.read(gguf);
    GgufTokenizerFiles files = new GgufTokenizerFiles(metadata);
    if (kind.equals("gpt2")) {
      files.byteLevel();
    } else if (!files.sentencePieces()) {
      return Optional.of("its scores are no order of merges");
    }
    if (!files.isThatOf(original)) {
      return Optional.of("its tokens would be others");
    }
    files.write(folder);
    return Optional.empty();
  }

  private void byteLevel() {
    String pre = metadata.text(GGML + "pre").orElse("default");
    boolean whole = KnownPreTokenizers.takesWholeWords(pre);
    ObjectNode words = json.putObject("pre_tokenizer").put("type", "Sequence");
    ArrayNode parts = words.putArray("pretokenizers");
    for (String pattern : KnownPreTokenizers.patterns(pre)) {
      ObjectNode split = parts.addObject().put("type", "Split");
      split.putObject("pattern").put("Regex", pattern);
      split.put("behavior", "Isolated").put("invert", false);
    }
    TokenizerJsonParts.byteLevel(parts.addObject(), false);
    TokenizerJsonParts.byteLevel(json.putObject("decoder"), false);
    frame(whole);
    ObjectNode model = model().put("ignore_merges", whole);
    ArrayNode merges = model.putArray("merges");
    metadata.texts(GGML + "merges").orElseThrow().forEach(merges::add);
  }

  /** Whether the scores are an order: no two pieces that are merged have the same. */
  private boolean sentencePieces() {
    String sign = PreTokenizer.SPACE_SIGN;
    boolean hasPrefix = metadata.flag(GGML + "add_space_prefix").orElse(true);
    ArrayNode normalizers =
        json.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
    if (hasPrefix) {
      normalizers.addObject().put("type", "Prepend").put("prepend", sign);
    }
    replace(normalizers.addObject(), " ", sign);
    ArrayNode decoders = json.putObject("decoder").put("type", "Sequence").putArray("decoders");
    replace(decoders.addObject(), sign, " ");
    decoders.addObject().put("type", "ByteFallback");
    decoders.addObject().put("type", "Fuse");
    if (hasPrefix) {
      decoders.addObject().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0);
    }
    frame(true);
    ObjectNode model = model().put("fuse_unk", true);
    model.put("byte_fallback", types.contains(PieceType.BYTE));
    id("unknown").ifPresent(id -> model.put("unk_token", pieces.get(id)));
    ArrayNode merges = model.putArray("merges");
    Map<Double, String> merged = new HashMap<>();
    boolean isOrder = true;
    for (ScoredMerge merge : mergesByScore()) {
      merges.addArray().add(merge.left).add(merge.right);
      String other = merged.putIfAbsent(merge.score, merge.left + merge.right);
      isOrder &= other == null || other.equals(merge.left + merge.right);
    }
    return isOrder;
  }

  private record ScoredMerge(String left, String right, double score) {}

  private static void replace(ObjectNode json, String from, String to) {
    json.put("type", "Replace").putObject("pattern").put("String", from);
    json.put("content", to);
  }

  /**
   * Every two pieces that make a third, that of the highest score first. Those that a user has
   * defined are found before any text is cut.
   */
  private List<ScoredMerge> mergesByScore() {
    List<Double> scores = metadata.reals(GGML + "scores").orElseThrow();
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < pieces.size(); id++) {
      if (types.get(id) == PieceType.NORMAL) {
        ids.put(pieces.get(id), id);
      }
    }
    List<ScoredMerge> merges = new ArrayList<>();
    ids.values().stream()
        .sorted(Comparator.<Integer>comparingDouble(id -> -scores.get(id)).thenComparing(id -> id))
        .forEach(
            id -> {
              String piece = pieces.get(id);
              for (int at = 1; at < piece.length(); at++) {
                String left = piece.substring(0, at);
                String right = piece.substring(at);
                if (ids.containsKey(left) && ids.containsKey(right)) {
                  merges.add(new ScoredMerge(left, right, scores.get(id)));
                }
              }
            });
    return merges;
  }

  private ObjectNode model() {
    ObjectNode model = TokenizerJsonParts.bytePairs(json);
    ObjectNode vocabulary = model.putObject("vocab");
    for (int id = 0; id < pieces.size(); id++) {
      vocabulary.put(pieces.get(id), id);
    }
    return model;
  }

  private void frame(boolean usuallyBegins) {
    boolean begins = metadata.flag(GGML + "add_bos_token").orElse(usuallyBegins);
    boolean ends = metadata.flag(GGML + "add_eos_token").orElse(false);
    TokenizerJsonParts.frame(
        json,
        pieces,
        begins ? id("bos") : OptionalInt.empty(),
        ends ? id("eos") : OptionalInt.empty());
  }

  private OptionalInt id(String token) {
    return metadata
        .integer(GGML + token + "_token_id")
        .map(OptionalInt::of)
        .orElse(OptionalInt.empty());
  }

  /** Whether it cuts the text of all pieces as the file's does. */
  private boolean isThatOf(Tokenizer original) {
    Tokenizer written = TokenizerJson.of(metadata.source(), json);
    String text =
        IntStream.range(0, pieces.size())
            .filter(id -> types.get(id).isText())
            .mapToObj(id -> original.decode(new int[] {id}, false))
            .collect(Collectors.joining(" "));
    return Arrays.equals(original.encode(text, true, true), written.encode(text, true, true));
  }

  private void write(Path folder) throws IOException {
    ObjectNode config =
        JsonMapper.shared().createObjectNode().put("tokenizer_class", "PreTrainedTokenizerFast");
    ObjectNode generation = JsonMapper.shared().createObjectNode();
    for (String name : List.of("bos", "eos")) {
      id(name)
          .ifPresent(
              id -> {
                config.put(name + "_token", pieces.get(id));
                generation.put(name + "_token_id", id);
              });
    }
    config.put("clean_up_tokenization_spaces", false);
    metadata
        .text(PREFIX + "chat_template")
        .ifPresent(template -> config.put("chat_template", template));
    AtomicOutput.write(folder.resolve(TokenizerFiles.JSON), json.toPrettyString() + "\n");
    AtomicOutput.write(folder.resolve(SpecialTokens.FILE), config.toPrettyString() + "\n");
    AtomicOutput.write(
        folder.resolve(EndTokens.GENERATION_CONFIG), generation.toPrettyString() + "\n");
  }
}
