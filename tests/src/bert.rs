//! A model shaped like BERT, small and made on the spot, and the tokenizer that goes with it.

use ml::onnx::message::{Element, Graph, Length, Model, Node, OperatorSet, Tensor, Value};
use prost::Message as _;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Value as Json, json};
use std::{fs, path::Path, path::PathBuf};

/// The library of ONNX Runtime; `None`, with a word on it, where `BELLWETHER_TEST_ONNX_RUNTIME` is not set.
pub fn onnx_runtime(what: &str) -> Option<PathBuf> {
    let found = std::env::var("BELLWETHER_TEST_ONNX_RUNTIME").ok().map(PathBuf::from);
    match &found {
        Some(path) => assert!(path.is_file(), "{} is missing", path.display()),
        None => println!("BELLWETHER_TEST_ONNX_RUNTIME is not set: {what} is not run"),
    }
    found
}

const GOOD: [&str; 6] = ["rose", "profits", "raised", "sharply", "beat", "record"];
const BAD: [&str; 6] = ["losses", "bankrupt", "heavy", "fell", "plunged", "fraud"];
const OTHERS: [&str; 4] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"];

/// Its sizes.
#[derive(Clone, Copy, Debug)]
pub struct Bert {
    pub layers: usize,
    pub heads: usize,
    /// Numbers of a token; divisible by `heads`.
    pub width: usize,
    /// Words that mean nothing, beside those that do.
    pub words: usize,
    /// Whether it insists on this many rows and tokens.
    pub fixed: Option<(usize, usize)>,
}

impl Bert {
    pub const TINY: Self = Self { layers: 2, heads: 2, width: 16, words: 200, fixed: None };
    /// As large as the models that people use.
    pub const BASE: Self = Self { layers: 12, heads: 12, width: 768, words: 30_000, fixed: None };
    const POSITIONS: usize = 512;

    /// Writes `model.onnx`, `tokenizer.json` and `config.json`.
    pub fn write(self, folder: &Path) {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join("model.onnx"), self.model().encode_to_vec()).unwrap();
        fs::write(folder.join("tokenizer.json"), self.tokenizer().to_string()).unwrap();
        let config = json!({
            "architectures": ["BertForSequenceClassification"],
            "id2label": { "0": "positive", "1": "negative", "2": "neutral" },
            "max_position_embeddings": Self::POSITIONS,
        });
        fs::write(folder.join("config.json"), config.to_string()).unwrap();
    }

    fn vocabulary(self) -> Vec<String> {
        let known = OTHERS.into_iter().chain(GOOD).chain(BAD).map(str::to_owned);
        known.chain((0..self.words).map(|number| format!("word{number}"))).collect()
    }

    fn tokenizer(self) -> Json {
        let words = self.vocabulary();
        let vocabulary: serde_json::Map<String, Json> =
            words.into_iter().enumerate().map(|(id, word)| (word, id.into())).collect();
        let special = |id: usize| {
            json!({ "id": id, "content": OTHERS[id], "single_word": false, "lstrip": false, "rstrip": false,
                "normalized": false, "special": true })
        };
        let edge = |name: &str| json!({ "SpecialToken": { "id": name, "type_id": 0 } });
        let token = |id: usize| json!({ "id": OTHERS[id], "ids": [id], "tokens": [OTHERS[id]] });
        json!({
            "version": "1.0", "truncation": null, "padding": null, "decoder": null,
            "added_tokens": [special(0), special(1), special(2), special(3)],
            "normalizer": { "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                "strip_accents": null, "lowercase": true },
            "pre_tokenizer": { "type": "BertPreTokenizer" },
            "post_processor": { "type": "TemplateProcessing",
                "single": [edge("[CLS]"), { "Sequence": { "id": "A", "type_id": 0 } }, edge("[SEP]")],
                "pair": [edge("[CLS]"), { "Sequence": { "id": "A", "type_id": 0 } }, edge("[SEP]"),
                    { "Sequence": { "id": "B", "type_id": 1 } }],
                "special_tokens": { "[CLS]": token(2), "[SEP]": token(3) } },
            "model": { "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                "max_input_chars_per_word": 100, "vocab": vocabulary }
        })
    }

    fn model(self) -> Model {
        let mut writer = Writer { random: StdRng::seed_from_u64(7), nodes: vec![], tensors: vec![] };
        writer.constants(self);
        let mut hidden = writer.embeddings(self);
        for layer in 0..self.layers {
            hidden = writer.layer(self, layer, &hidden);
        }
        writer.classifier(self, &hidden);
        let length = |name: &str, fixed: Option<usize>| {
            fixed.map_or_else(|| Length::Named(name.to_owned()), |size| Length::Known(long(size)))
        };
        let rows = length("rows", self.fixed.map(|fixed| fixed.0));
        let tokens = length("tokens", self.fixed.map(|fixed| fixed.1));
        let input = |name: &str| Value::tensor(name, Element::Int64, vec![rows.clone(), tokens.clone()]);
        let graph = Graph {
            node: writer.nodes,
            name: "bert".to_owned(),
            initializer: writer.tensors,
            input: vec![input("input_ids"), input("attention_mask"), input("token_type_ids")],
            output: vec![Value::tensor("logits", Element::Float, vec![rows, Length::Known(3)])],
            value_info: Vec::new(),
        };
        Model {
            ir_version: 8,
            producer_name: "tests".to_owned(),
            producer_version: String::new(),
            graph: Some(graph),
            opset_import: vec![OperatorSet { domain: String::new(), version: 17 }],
            metadata_props: vec![],
        }
    }
}

/// Writes a graph, step after step.
struct Writer {
    random: StdRng,
    nodes: Vec<Node>,
    tensors: Vec<Tensor>,
}

impl Writer {
    fn step(&mut self, node: Node) -> String {
        let output = node.output[0].clone();
        self.nodes.push(node);
        output
    }

    fn noise(&mut self, count: usize, size: f32) -> Vec<f32> {
        (0..count).map(|_| self.random.random_range(-size..size)).collect()
    }

    fn floats(&mut self, name: &str, dims: &[usize], values: &[f32]) -> String {
        self.tensors.push(Tensor::floats(name, dims, values));
        name.to_owned()
    }

    fn ints(&mut self, name: &str, values: &[i64]) {
        self.tensors.push(Tensor::ints(name, &[values.len()], values));
    }

    fn constants(&mut self, bert: Bert) {
        let (heads, width) = (bert.heads, bert.width);
        self.ints("split", &[0, 0, long(heads), long(width / heads)]);
        self.ints("join", &[0, 0, long(width)]);
        self.ints("axes12", &[1, 2]);
        for (name, value) in [("zero", 0), ("one", 1)] {
            self.tensors.push(Tensor::ints(name, &[], &[value]));
        }
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let scale = ((width / heads) as f32).sqrt();
        for (name, value) in
            [("scale", scale), ("half", 0.5), ("root2", 2_f32.sqrt()), ("unit", 1.0), ("far", -1e4)]
        {
            self.floats(name, &[], &[value]);
        }
    }

    /// What a token is, where it stands, and its segment; also the mask that is added to the attention.
    fn embeddings(&mut self, bert: Bert) -> String {
        let (width, words) = (bert.width, bert.vocabulary().len());
        let mut table = self.noise(words * width, 0.02);
        let (good, bad) = (OTHERS.len(), OTHERS.len() + GOOD.len());
        for (word, row) in table.chunks_mut(width).enumerate() {
            // What a word means stands out, so that the norm does not make much of its noise.
            let meaning = match word {
                word if (good..bad).contains(&word) => 0,
                word if (bad..bad + BAD.len()).contains(&word) => 1,
                _ => 2,
            };
            row[meaning] = 3.0;
        }
        self.floats("words", &[words, width], &table);
        let positions = self.noise(Bert::POSITIONS * width, 0.02);
        self.floats("positions", &[Bert::POSITIONS, width], &positions);
        let segments = self.noise(2 * width, 0.02);
        self.floats("segments", &[2, width], &segments);
        self.step(Node::new("Gather", &["words", "input_ids"], "word"));
        self.step(Node::new("Shape", &["input_ids"], "shape"));
        self.step(Node::new("Gather", &["shape", "one"], "length"));
        self.step(Node::new("Range", &["zero", "length", "one"], "range"));
        self.step(Node::new("Gather", &["positions", "range"], "position"));
        self.step(Node::new("Gather", &["segments", "token_type_ids"], "segment"));
        self.step(Node::new("Add", &["word", "position"], "placed"));
        self.step(Node::new("Add", &["placed", "segment"], "embedded"));
        self.step(Node::new("Cast", &["attention_mask"], "mask").with_int("to", 1));
        self.step(Node::new("Unsqueeze", &["mask", "axes12"], "mask4"));
        self.step(Node::new("Sub", &["unit", "mask4"], "absent"));
        self.step(Node::new("Mul", &["absent", "far"], "veil"));
        self.norm(width, "embedded")
    }

    fn norm(&mut self, width: usize, input: &str) -> String {
        let (gain, shift) = (format!("{input}.gain"), format!("{input}.shift"));
        self.floats(&gain, &[width], &vec![1.0; width]);
        self.floats(&shift, &[width], &vec![0.0; width]);
        self.step(Node::new("LayerNormalization", &[input, &gain, &shift], &format!("{input}.norm")))
    }

    /// A linear map: `keep` times what comes in, and some noise.
    fn dense(&mut self, input: &str, name: &str, (from, to): (usize, usize), keep: f32) -> String {
        let mut weights = self.noise(from * to, 0.02);
        for at in 0..from.min(to) {
            weights[at * to + at] += keep;
        }
        let (weight, bias) = (format!("{name}.weight"), format!("{name}.bias"));
        self.floats(&weight, &[from, to], &weights);
        let biases = self.noise(to, 0.02);
        self.floats(&bias, &[to], &biases);
        let product = self.step(Node::new("MatMul", &[input, &weight], &format!("{name}.product")));
        self.step(Node::new("Add", &[&product, &bias], name))
    }

    fn layer(&mut self, bert: Bert, layer: usize, hidden: &str) -> String {
        let width = bert.width;
        let name = |part: &str| format!("layer{layer}.{part}");
        let attended = self.attention(bert, layer, hidden);
        let out = self.dense(&attended, &name("out"), (width, width), 1.0);
        let sum = self.step(Node::new("Add", &[&out, hidden], &name("attended.sum")));
        let middle = self.norm(width, &sum);
        let wide = self.dense(&middle, &name("wide"), (width, 4 * width), 0.0);
        let active = self.gelu(&wide);
        let narrow = self.dense(&active, &name("narrow"), (4 * width, width), 0.0);
        let sum = self.step(Node::new("Add", &[&narrow, &middle], &name("sum")));
        self.norm(width, &sum)
    }

    fn attention(&mut self, bert: Bert, layer: usize, hidden: &str) -> String {
        let mut part = |letter: &str, keep: f32, order: &[i64]| {
            let name = format!("layer{layer}.{letter}");
            let dense = self.dense(hidden, &name, (bert.width, bert.width), keep);
            let split = self.step(Node::new("Reshape", &[&dense, "split"], &format!("{name}.split")));
            self.step(transpose(&split, &format!("{name}.heads"), order))
        };
        let (query, key) = (part("query", 0.0, &[0, 2, 1, 3]), part("key", 0.0, &[0, 2, 3, 1]));
        let value = part("value", 1.0, &[0, 2, 1, 3]);
        let name = |part: &str| format!("layer{layer}.attention.{part}");
        let scores = self.step(Node::new("MatMul", &[&query, &key], &name("scores")));
        let scaled = self.step(Node::new("Div", &[&scores, "scale"], &name("scaled")));
        let veiled = self.step(Node::new("Add", &[&scaled, "veil"], &name("veiled")));
        let shares = self.step(Node::new("Softmax", &[&veiled], &name("shares")).with_int("axis", -1));
        let mixed = self.step(Node::new("MatMul", &[&shares, &value], &name("mixed")));
        let turned = self.step(transpose(&mixed, &name("turned"), &[0, 2, 1, 3]));
        self.step(Node::new("Reshape", &[&turned, "join"], &name("joined")))
    }

    /// Hendrycks and Gimpel 2016.
    fn gelu(&mut self, input: &str) -> String {
        let name = |part: &str| format!("{input}.{part}");
        let ratio = self.step(Node::new("Div", &[input, "root2"], &name("ratio")));
        let erf = self.step(Node::new("Erf", &[&ratio], &name("erf")));
        let more = self.step(Node::new("Add", &[&erf, "unit"], &name("more")));
        let product = self.step(Node::new("Mul", &[input, &more], &name("times")));
        self.step(Node::new("Mul", &[&product, "half"], &name("gelu")))
    }

    /// The first token's two numbers that good and bad words have, against a neutral class that has neither.
    fn classifier(&mut self, bert: Bert, hidden: &str) {
        self.step(Node::new("Gather", &[hidden, "zero"], "first").with_int("axis", 1));
        let pooled = self.dense("first", "pooled", (bert.width, bert.width), 1.0);
        let bounded = self.step(Node::new("Tanh", &[&pooled], "bounded"));
        let mut weights = vec![0.0; bert.width * 3];
        (weights[0], weights[1], weights[3], weights[4]) = (4.0, -4.0, -4.0, 4.0);
        self.floats("classes", &[bert.width, 3], &weights);
        self.floats("classes.bias", &[3], &[0.0, 0.0, 1.0]);
        self.step(Node::new("MatMul", &[&bounded, "classes"], "sorted"));
        self.step(Node::new("Add", &["sorted", "classes.bias"], "logits"));
    }
}

fn transpose(input: &str, output: &str, order: &[i64]) -> Node {
    Node::new("Transpose", &[input], output).with_ints("perm", order.to_vec())
}

fn long(size: usize) -> i64 {
    i64::try_from(size).unwrap()
}
