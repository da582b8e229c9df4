// What the top is made of, for its proof: an AXI master and a region that do whatever they like.
module axi_read_master #(
  parameter int WIDTH = 512,
  parameter int BUFFER_WORDS = 16
) (
  input  logic             clk,
  input  logic             rst,
  input  logic             clear,
  input  logic [63:0]      base,
  output logic             error,
  output logic             awaits,
  input  logic             request_valid,
  output logic             request_ready,
  input  logic [31:0]      request_word,
  input  logic [31:0]      request_words,
  output logic [WIDTH-1:0] data,
  output logic             valid,
  input  logic             ready,
  output logic [63:0]      m_axi_araddr,
  output logic [7:0]       m_axi_arlen,
  output logic [2:0]       m_axi_arsize,
  output logic [1:0]       m_axi_arburst,
  output logic [3:0]       m_axi_arcache,
  output logic [2:0]       m_axi_arprot,
  output logic             m_axi_arvalid,
  input  logic             m_axi_arready,
  input  logic [WIDTH-1:0] m_axi_rdata,
  input  logic [1:0]       m_axi_rresp,
  input  logic             m_axi_rlast,
  input  logic             m_axi_rvalid,
  output logic             m_axi_rready
);
  (* anyseq *) logic any_error, any_awaits, any_ready, any_valid;
  assign error = any_error;
  assign awaits = any_awaits;
  assign request_ready = any_ready;
  assign valid = any_valid;
endmodule

module proof_region (
  input  logic        clk,
  input  logic        rst,
  input  logic        offered,
  output logic        taken,
  output logic        done,
  input  logic        clear,
  output logic [1:0]  errors,
  output logic [1:0]  awaiting,
  output logic [1:0]  unfinished,
  input  logic [3:0]  n0, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11, n12, n13, n14, n15, n16,
  input  logic [63:0] m_axi_a_base,
  output logic [63:0] m_axi_a_araddr,
  output logic [7:0]  m_axi_a_arlen,
  output logic [2:0]  m_axi_a_arsize,
  output logic [1:0]  m_axi_a_arburst,
  output logic [3:0]  m_axi_a_arcache,
  output logic [2:0]  m_axi_a_arprot,
  output logic        m_axi_a_arvalid,
  input  logic        m_axi_a_arready,
  input  logic [7:0]  m_axi_a_rdata,
  input  logic [1:0]  m_axi_a_rresp,
  input  logic        m_axi_a_rlast,
  input  logic        m_axi_a_rvalid,
  output logic        m_axi_a_rready,
  input  logic [63:0] m_axi_b_base,
  output logic [63:0] m_axi_b_awaddr,
  output logic [7:0]  m_axi_b_awlen,
  output logic [2:0]  m_axi_b_awsize,
  output logic [1:0]  m_axi_b_awburst,
  output logic [3:0]  m_axi_b_awcache,
  output logic [2:0]  m_axi_b_awprot,
  output logic        m_axi_b_awvalid,
  input  logic        m_axi_b_awready,
  output logic [7:0]  m_axi_b_wdata,
  output logic [0:0]  m_axi_b_wstrb,
  output logic        m_axi_b_wlast,
  output logic        m_axi_b_wvalid,
  input  logic        m_axi_b_wready,
  input  logic [1:0]  m_axi_b_bresp,
  input  logic        m_axi_b_bvalid,
  output logic        m_axi_b_bready
);
  (* anyseq *) logic       any_done, any_taken;
  (* anyseq *) logic [1:0] any_errors, any_awaiting, any_unfinished;
  assign done = any_done;
  assign taken = any_taken;
  assign errors = any_errors;
  assign awaiting = any_awaiting;
  assign unfinished = any_unfinished;
endmodule
