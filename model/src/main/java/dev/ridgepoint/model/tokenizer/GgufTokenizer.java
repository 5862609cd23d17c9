package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.checkpoint.GgufMetadata;
import dev.ridgepoint.model.tokenizer.Tokenizer.Frame;
import dev.ridgepoint.model.tokenizer.Tokenizer.Parts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads the tokenizer of a GGUF file from its metadata, and tokenizes as llama.cpp does. */
final class GgufTokenizer {
  private static final String PREFIX = "tokenizer.";
  private static final String MODEL = "tokenizer.ggml.model";
  private static final String PRE = "tokenizer.ggml.pre";
  private static final String TOKENS = "tokenizer.ggml.tokens";
  private static final String TYPES = "tokenizer.ggml.token_type";
  private static final String SCORES = "tokenizer.ggml.scores";
  private static final String MERGES = "tokenizer.ggml.merges";
  private static final String UNKNOWN = "tokenizer.ggml.unknown_token_id";
  private static final String BOS = "tokenizer.ggml.bos_token_id";

  private final GgufMetadata metadata;
  private final Vocabulary vocabulary;
  private final List<PieceType> types;

  private GgufTokenizer(GgufMetadata metadata) {
    this.metadata = metadata;
    List<String> tokens =
        metadata.texts(TOKENS).orElseThrow(() -> metadata.invalid(TOKENS, "is missing"));
    vocabulary = Vocabulary.of(metadata.source(), TOKENS, tokens);
    types = types();
  }

  /**
   * The tokenizer of a file.
   *
   * @throws InvalidInputException if it has none, a malformed one, or one that is not known here
   */
  static Tokenizer read(Path path) {
    GgufMetadata metadata = GgufMetadata.read(path, PREFIX);
    String model = metadata.text(MODEL).orElseThrow(() -> metadata.invalid(MODEL, "is missing"));
    return switch (model) {
      case "gpt2" -> new GgufTokenizer(metadata).bytePairs();
      case "llama" -> new GgufTokenizer(metadata).sentencePieces();
      case "t5" -> new GgufTokenizer(metadata).unigram();
      case "bert" -> new GgufTokenizer(metadata).wordPieces();
      default ->
          throw metadata.invalid(
              MODEL, "must be gpt2, llama, t5 or bert, but is " + Shown.quote(model));
    };
  }

  private List<PieceType> types() {
    Optional<List<Integer>> given = metadata.integers(TYPES);
    List<PieceType> all = new ArrayList<>(vocabulary.size());
    for (int id = 0; id < vocabulary.size(); id++) {
      all.add(PieceType.NORMAL);
    }
    given.ifPresent(
        numbers -> {
          requireLength(TYPES, numbers.size());
          for (int id = 0; id < numbers.size(); id++) {
            int number = numbers.get(id);
            String element = String.format(Locale.ROOT, "has the unknown type %d", number);
            all.set(id, PieceType.of(number).orElseThrow(() -> metadata.invalid(TYPES, element)));
          }
        });
    return all;
  }

  private void requireLength(String key, int length) {
    if (length != vocabulary.size()) {
      throw metadata.invalid(
          key,
          String.format(Locale.ROOT, "has %d elements for %d tokens", length, vocabulary.size()));
    }
  }

  private Tokenizer bytePairs() {
    String pre = metadata.text(PRE).orElse("default");
    PreTokenizer words =
        KnownPreTokenizers.named(metadata.source(), pre)
            .orElseThrow(
                () -> metadata.invalid(PRE, "is " + Shown.quote(pre) + ", which is not known"));
    boolean whole = KnownPreTokenizers.takesWholeWords(pre);
    TokenModel model =
        BytePairMerges.of(
            metadata.source(),
            MERGES,
            vocabulary,
            merges(),
            whole ? BytePairMerges.Words.WHOLE : BytePairMerges.Words.PLAIN,
            new UnknownPieces(new int[0], OptionalInt.empty(), false));
    return tokenizer(Normalizer.NONE, words, model, Decoder.byteLevel(), frame(whole, false));
  }

  private List<BytePairMerges.Merge> merges() {
    List<String> texts =
        metadata.texts(MERGES).orElseThrow(() -> metadata.invalid(MERGES, "is missing"));
    List<BytePairMerges.Merge> merges = new ArrayList<>(texts.size());
    for (String text : texts) {
      // A piece may begin with the space, but has none behind its first character.
      int space = text.indexOf(' ', 1);
      if (space < 0 || space + 1 == text.length()) {
        throw metadata.invalid(MERGES, "must hold two pieces, but holds " + Shown.quote(text));
      }
      merges.add(new BytePairMerges.Merge(text.substring(0, space), text.substring(space + 1)));
    }
    return merges;
  }

  private Tokenizer sentencePieces() {
    List<Double> scores = scores();
    float[] values = new float[scores.size()];
    boolean[] mergeable = new boolean[scores.size()];
    for (int id = 0; id < values.length; id++) {
      values[id] = scores.get(id).floatValue();
      mergeable[id] = types.get(id).isText();
    }
    SentencePieceText text =
        new SentencePieceText(metadata.flag("tokenizer.ggml.add_space_prefix").orElse(true));
    return tokenizer(
        text.normalizer(),
        PreTokenizer.NONE,
        new SentencePieceMerges(vocabulary, values, mergeable, unknown(false)),
        text.decoder(),
        frame(true, false));
  }

  private Tokenizer unigram() {
    List<Double> scores = scores();
    double[] values = new double[scores.size()];
    boolean[] usable = new boolean[scores.size()];
    for (int id = 0; id < values.length; id++) {
      values[id] = scores.get(id);
      usable[id] = types.get(id).isText();
    }
    SentencePieceText text =
        new SentencePieceText(metadata.flag("tokenizer.ggml.add_space_prefix").orElse(false));
    List<Integer> map = metadata.integers("tokenizer.ggml.precompiled_charsmap").orElse(List.of());
    byte[] bytes = new byte[map.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = map.get(i).byteValue();
    }
    boolean single = metadata.flag("tokenizer.ggml.remove_extra_whitespaces").orElse(false);
    Normalizer normalizer =
        Normalizer.sequence(
            List.of(
                CharsMap.of(metadata.source(), bytes),
                single ? Normalizer.singleSpaces() : Normalizer.NONE,
                text.normalizer()));
    return tokenizer(
        normalizer,
        PreTokenizer.NONE,
        new UnigramLattice(metadata.source(), vocabulary, values, usable, unknown(true)),
        text.decoder(),
        frame(false, true));
  }

  private List<Double> scores() {
    List<Double> scores =
        metadata.reals(SCORES).orElseThrow(() -> metadata.invalid(SCORES, "is missing"));
    requireLength(SCORES, scores.size());
    return scores;
  }

  /** Bytes where the vocabulary has them. */
  private UnknownPieces unknown(boolean fuse) {
    return new UnknownPieces(
        types.contains(PieceType.BYTE)
            ? UnknownPieces.byteIds(metadata.source(), vocabulary)
            : new int[0],
        id(UNKNOWN),
        fuse);
  }

  /** The vocabulary has a sign before the pieces that begin a word, and none before the others. */
  private Tokenizer wordPieces() {
    TokenModel model =
        new WordPieces(vocabulary, PreTokenizer.SPACE_SIGN, "", id(UNKNOWN), Integer.MAX_VALUE);
    return tokenizer(
        Normalizer.bert(true, true, true, true),
        PreTokenizerJson.bert(),
        model,
        Decoder.metaspace(PreTokenizer.SPACE_SIGN, true),
        frame(
            true,
            // Named CLS before it was BOS; and the key of SEP is misspelt.
            metadata.integer(BOS).isPresent() ? BOS : "tokenizer.ggml.cls_token_id",
            true,
            "tokenizer.ggml.add_sep_token",
            "tokenizer.ggml.seperator_token_id"));
  }

  private Tokenizer tokenizer(
      Normalizer normalizer,
      PreTokenizer preTokenizer,
      TokenModel model,
      Decoder decoder,
      Frame frame) {
    List<AddedTokens.Token> added = new ArrayList<>();
    for (int id = 0; id < vocabulary.size(); id++) {
      String piece = vocabulary.piece(id).orElseThrow();
      switch (types.get(id)) {
        case CONTROL, UNKNOWN -> added.add(AddedTokens.Token.special(piece, id));
        case USER_DEFINED -> added.add(AddedTokens.Token.text(piece, id, false));
        case NORMAL, UNUSED, BYTE -> {}
      }
    }
    return new Tokenizer(
        new Parts(
            vocabulary,
            new AddedTokens(added),
            normalizer,
            new AddedTokens(List.of()),
            preTokenizer,
            model,
            decoder,
            frame));
  }

  /** BOS and EOS; where the file does not say, as the kind of tokenizer has them. */
  private Frame frame(boolean addBos, boolean addEos) {
    return frame(
        addBos, BOS, addEos, "tokenizer.ggml.add_eos_token", "tokenizer.ggml.eos_token_id");
  }

  private Frame frame(
      boolean addBos, String bosKey, boolean addLast, String addLastKey, String lastKey) {
    return new Frame(
        metadata.flag("tokenizer.ggml.add_bos_token").orElse(addBos) ? required(bosKey) : List.of(),
        metadata.flag(addLastKey).orElse(addLast) ? required(lastKey) : List.of());
  }

  private List<Integer> required(String key) {
    return List.of(id(key).orElseThrow(() -> metadata.invalid(key, "is missing")));
  }

  private OptionalInt id(String key) {
    Optional<Integer> id = metadata.integer(key);
    if (id.isPresent() && id.get() >= vocabulary.size()) {
      throw metadata.invalid(
          key,
          String.format(Locale.ROOT, "must be below %d, but is %d", vocabulary.size(), id.get()));
    }
    return id.map(OptionalInt::of).orElse(OptionalInt.empty());
  }
}
