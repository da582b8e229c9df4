module fetch (
  input logic clk, input logic rst, input logic start, output logic done, input logic [7:0] words,
  output logic [63:0] values_data, output logic values_valid, input logic values_ready,
  output logic from_request_valid, input logic from_request_ready,
  output logic [31:0] from_request_word, output logic [31:0] from_request_words,
  input logic [63:0] from_data, input logic from_valid, output logic from_ready
);
  logic running, asked;
  logic [7:0] left;
  wire lacks_memory = running && !from_valid;
  wire lacks_word = 1'b0;
  wire lacks_room = running && from_valid && !values_ready;
  wire en = running && from_valid && values_ready;
  assign done = !running;
  assign from_request_valid = running && !asked;
  assign from_request_word = '0;
  assign from_request_words = 32'(words);
  assign from_ready = en;
  assign values_valid = en;
  assign values_data = from_data;
  always_ff @(posedge clk) begin
    if (start) begin
      running <= words != 0;
      left <= words;
      asked <= 1'b0;
    end
    if (from_request_valid && from_request_ready) asked <= 1'b1;
    if (en) begin
      left <= left - 1'b1;
      if (left == 1) running <= 1'b0;
    end
    if (rst) begin
      running <= 1'b0;
    end
  end
  wire unused = lacks_word | lacks_memory | lacks_room;
endmodule
